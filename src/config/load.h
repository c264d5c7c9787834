// Reads the configuration file. Strict: a key nobody knows, a value of the wrong type or out of
// range, a duplicate, a bad URL is an error, and all errors of a file are reported at once.
//
// Each error is one line of the form
//   FILE:LINE:COLUMN: KEY PATH: what is wrong with "offending word"; expected …
// with 1-based line and column. `${NAME}` in a value is replaced by that environment variable
// (`$$` is a dollar sign); an unset variable is an error.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "config/environment.h"
#include "model/grpc_server.h"
#include "model/tls_file_fault.h"

namespace mesh {

// Every error of the file, in the order of their lines. Never empty when returned as an error.
using ConfigErrors = std::vector<Error>;

// A mesh whose dialect asks at one door only, where a target has several; "grpc" is the only one
// that its targets may have.
struct SoleDoor {
  std::string_view mesh, door;  // "ztunnel", "admin"
};

// Which of the files of a gRPC server's TLS cannot be used as it is now; nothing if all can.
using TlsFilesCheck = std::optional<TlsFileFault> (*)(const GrpcTls& tls);

// What the file may refer to but this room cannot know. Borrowed for the call.
struct ConfigContext {
  Environment environment;                       // for ${NAME}
  std::span<const std::string_view> meshes;      // for targets[].mesh: the dialects' names
  std::span<const std::string_view> grpc_codes;  // for grpc.failure_codes: the statuses' names
  std::span<const SoleDoor> sole_doors{};
  std::span<const std::string_view> issuers{};  // for the keys `issuer`: whose habits are known
  TlsFilesCheck tls_files = nullptr;            // null: nobody looks at them
};

// Never throws, whatever the bytes.
Result<Config, ConfigErrors> parse_config(std::string_view yaml, std::string_view file_name,
                                          const ConfigContext& context);

// Reads at most limits::config_bytes. A file that cannot be read is one error naming it.
Result<Config, ConfigErrors> load_config(const std::string& file_name,
                                         const ConfigContext& context);

}  // namespace mesh
