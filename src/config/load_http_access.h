// Reads a file that says how a server is reached over HTTP, in the form that promtool and amtool
// take with --http.config.file: the keys `basic_auth` and `tls_config`. Strict as load.h tells;
// nothing is taken for a variable, for passwords may have dollar signs.
#pragma once

#include <string>
#include <string_view>

#include "config/load.h"
#include "config/load_web.h"
#include "model/server_access.h"

namespace mesh {

// All but the address; `tls` is whether there is a `tls_config`. Paths are relative to the file.
// `read` is asked for the file of a password; others are read when they are needed.
Result<ServerAccess, ConfigErrors> parse_http_access(std::string_view yaml,
                                                     std::string_view file_name,
                                                     const FileReader& read);

// A file that cannot be read is one error naming it.
Result<ServerAccess, ConfigErrors> load_http_access(const std::string& file_name);

}  // namespace mesh
