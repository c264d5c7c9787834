// GrpcServer: where a gRPC server takes calls, and how it wants to be spoken to.
#pragma once

#include <optional>
#include <string>

#include "model/address.h"

namespace mesh {

// Files are PEM, and read whenever a connection needs them: a renewed one is used by the next.
struct GrpcTls {
  std::string ca_file;      // by which the server is verified; "": the system's roots
  std::string server_name;  // asked for and verified; "": the host of the address
  // The only identity that is believed, as a URI in its leaf; names are not compared then. "": they
  // are.
  std::string spiffe_id{};
  std::string client_certificate_file;  // the leaf first; "": none is shown
  std::string client_key_file;          // not encrypted

  bool operator==(const GrpcTls&) const = default;
};

struct GrpcServer {
  Address address;
  std::optional<GrpcTls> tls;  // nothing: plain text
  std::string authority;       // `:authority` of each call; "": as the address says

  bool operator==(const GrpcServer&) const = default;
};

}  // namespace mesh
