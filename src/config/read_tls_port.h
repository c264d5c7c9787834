// Reading where a TLS server is and how it wants to be asked: of a configured endpoint, and of a
// target's own inbound port, for which each mesh has its habits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "config/reading.h"
#include "model/target.h"

namespace mesh {

// "HOST:PORT"; nothing, and a complaint, if it is something else.
std::optional<Address> read_address(const Fields& fields, const Field& field);

// What goes into the extension server_name, in which a NUL would end it unseen. "" if there is
// none, or a complaint.
std::string read_server_name(const Fields& fields, std::string_view key);

// The keys `address`, `sni` and `alpn` of a mapping that has them among others. What cannot be read
// is left empty.
TlsPort read_tls_port(const Fields& fields, const Reading& reading);

// The key `inbound` of a target of this mesh: "HOST:PORT", or a mapping of the three keys above.
// What is left out is what the mesh needs; nothing if the value cannot be read, or if the mesh
// needs a name that cannot be known.
std::optional<TlsPort> read_inbound(const Fields& target, const Reading& reading,
                                    std::string_view mesh);

}  // namespace mesh
