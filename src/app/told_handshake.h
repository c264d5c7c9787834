// What a handshake says of a server, as values of the model: by the watcher of TLS endpoints and by
// the command that probes one server.
#pragma once

#include "model/tls_endpoint.h"
#include "net/tls_handshake.h"
#include "wire/served_chain.h"

namespace mesh {

// Without a word on whom it is trusted by. `chain`: what was read of the answer's.
Handshake told_by(const TlsAnswer& answer, const ServedChain& chain);

}  // namespace mesh
