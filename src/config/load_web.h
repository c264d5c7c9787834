// Reads a web configuration file: how our own pages are guarded, in the form that Prometheus and
// its exporters share (docs/web-configuration.md of prometheus/exporter-toolkit), key for key, so
// that a file made for one of them is good here. As strict as the rest (config/load.h): what is
// unknown or contradicts itself is an error with its place, and nothing is ignored. Nothing in the
// file is taken for a variable: hashes have dollar signs.
//
// Where it is stricter than theirs: `tls_server_config` with other keys but no certificate, a CA or
// names for clients that are not asked for, inline text beside a file, a rate that lets nothing
// through, a `min_version` above the `max_version`. HTTP/2 may be allowed and is not spoken.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/load.h"
#include "model/web_config.h"

namespace mesh {

// The whole of a file, or why it cannot be read.
using FileReader = std::function<Result<std::string>(const std::string& path)>;

// Paths in the file are relative to its own. Whether certificate and key are any, OpenSSL says
// (net/server_tls.h). Never throws, whatever the bytes.
Result<WebConfig, ConfigErrors> parse_web_config(std::string_view yaml, std::string_view file_name,
                                                 const FileReader& read);

// The text of a file of limits::config_bytes at most. One that cannot be read is one error naming
// it.
Result<std::string, ConfigErrors> read_config_text(const std::string& file_name);

Result<WebConfig, ConfigErrors> load_web_config(const std::string& file_name);

}  // namespace mesh
