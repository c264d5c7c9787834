// How a question over HTTP names whom it is for.
#pragma once

#include <string>

#include "model/address.h"

namespace mesh {

// The value of the header Host. RFC 9110 wants the authority as the user wrote it; a zone
// ("fe80::1%eth0") means something on this machine only, and so does the path of a Unix socket.
inline std::string host_header(const Address& address) {
  if (address.is_unix()) return "localhost";
  Address shown = address;
  shown.host = address.host.substr(0, address.host.find('%'));
  return to_string(shown);
}

}  // namespace mesh
