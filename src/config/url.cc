// Strict on purpose: what a URL says and the program would not do (a user name, another scheme, a
// path of the admin port) is refused instead of ignored.
#include "config/url.h"

#include <sys/un.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/host_port.h"
#include "base/limits.h"

namespace mesh {
namespace {

constexpr std::string_view http = "http://";
constexpr std::string_view unix_scheme = "unix:";

struct SplitUrl {
  HostPort server;
  std::string path;  // with the query; "" if there is neither
};

Result<SplitUrl> split_http(std::string_view url) {
  if (url.starts_with("https://")) return Error{"asks for TLS, which is not spoken here"};
  if (!url.starts_with(http)) return Error{"does not begin with http://"};
  url.remove_prefix(http.size());
  if (url.find('#') != std::string_view::npos) return Error{"has a fragment (#)"};
  const auto server_end = std::min(url.find_first_of("/?"), url.size());
  const std::string_view server = url.substr(0, server_end);
  if (server.find('@') != std::string_view::npos) return Error{"has a user name (@)"};
  auto parsed = parse_host_port(server, 1);
  if (!parsed) return parsed.error();
  if (parsed->host.empty()) return Error{"has no host"};
  return SplitUrl{std::move(*parsed), std::string(url.substr(server_end))};
}

}  // namespace

Result<Address> parse_unix_url(std::string_view url) {
  std::string_view path = url.substr(std::min(unix_scheme.size(), url.size()));
  constexpr std::string_view empty_authority = "//";
  if (path.starts_with("///")) path.remove_prefix(empty_authority.size());
  if (!path.starts_with('/') || path.starts_with("//")) return Error{"has no absolute path"};
  if (path.ends_with('/')) return Error{"names a directory"};
  if (path.find('\0') != std::string_view::npos) return Error{"has a zero byte"};
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return Error{"has a path longer than a socket may have (107 bytes)"};
  }
  return Address{"", 0, std::string(path)};
}

Result<Address> parse_admin_url(std::string_view url) {
  if (is_unix_url(url)) return parse_unix_url(url);
  auto split = split_http(url);
  if (!split) return split.error();
  if (!split->path.empty() && split->path != "/") {
    return Error{"has a path or query, which the admin port's URL cannot have"};
  }
  return Address{std::move(split->server.host), split->server.port, ""};
}

Result<HttpEndpoint> parse_metrics_url(std::string_view url) {
  auto split = split_http(url);
  if (!split) return split.error();
  const std::string& path = split->path;
  if (!path.starts_with('/')) return Error{"has no path"};
  if (path.size() > limits::request_target_bytes) return Error{"has a path that is too long"};
  if (!std::ranges::all_of(path, [](char c) { return c > ' ' && c < 0x7F; })) {
    return Error{"has a path with characters that must be percent-encoded"};
  }
  return HttpEndpoint{{std::move(split->server.host), split->server.port, ""}, path};
}

}  // namespace mesh
