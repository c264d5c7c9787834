// The few forms in which the configuration says where a proxy can be asked:
//   http://HOST:PORT             its admin port (admin:)
//   unix:/PATH, unix:///PATH     the same on a Unix socket (admin:)
//   http://HOST:PORT/PATH?QUERY  a page of Prometheus text (metrics:)
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/target.h"

namespace mesh {

// The error's message says what is wrong in words that may follow the offending URL.
Result<Address> parse_admin_url(std::string_view url);
// "unix:/PATH" or "unix:///PATH".
Result<Address> parse_unix_url(std::string_view url);
inline bool is_unix_url(std::string_view url) { return url.starts_with("unix:"); }
// The path, with the query, is the end of the URL.
Result<HttpEndpoint> parse_metrics_url(std::string_view url);

}  // namespace mesh
