// A file of GrpcTls that cannot be used.
#pragma once

#include <string>
#include <string_view>

namespace mesh {

struct TlsFileFault {
  std::string_view key;  // as the configuration calls it: "ca_file", "client_key", …
  std::string file;
  std::string why;  // in words: "it is encrypted"
};

}  // namespace mesh
