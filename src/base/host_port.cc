// Nothing is looked up here: a name only has to look like one. What looks like an IPv4 address
// must be one, or the resolver would take "10.0.0.300" for a name and "10.1" for 10.0.0.1.
#include "base/host_port.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace mesh {
namespace {

constexpr std::size_t longest_name = 253;  // RFC 1035, dots included

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

bool is_address(int family, const std::string& text) {
  in6_addr room;  // large enough for either family
  return inet_pton(family, text.c_str(), &room) == 1;
}

bool is_name(std::string_view name) {
  if (name.size() > longest_name) return false;
  if (name.ends_with('.')) name.remove_suffix(1);
  bool label_is_empty = true;
  for (const char c : name) {
    if (c == '.' ? label_is_empty : !is_name_char(c)) return false;
    label_is_empty = c == '.';
  }
  return !label_is_empty;
}

// The whole of `host` as an error, or "".
std::string complaint_about_host(const std::string& host, bool bracketed) {
  if (bracketed) return is_address(AF_INET6, host) ? "" : "is no IPv6 address in the brackets";
  if (host.find(':') != std::string::npos) return "has an IPv6 address without brackets";
  const bool numeric = std::ranges::all_of(host, [](char c) { return is_digit(c) || c == '.'; });
  if (numeric) return is_address(AF_INET, host) ? "" : "has an IPv4 address that is none";
  return is_name(host) ? "" : "has a host that is neither a name nor an address";
}

}  // namespace

Result<HostPort> parse_host_port(std::string_view text, std::uint16_t least_port) {
  const bool bracketed = text.starts_with('[');
  const auto host_end = bracketed ? text.find(']') : text.rfind(':');
  if (bracketed && host_end == std::string_view::npos) return Error{"has no closing bracket"};
  if (host_end == std::string_view::npos) return Error{"has no port"};

  HostPort result;
  result.host = text.substr(bracketed ? 1 : 0, host_end - (bracketed ? 1 : 0));
  std::string_view port = text.substr(host_end + (bracketed ? 1 : 0));
  if (bracketed || !result.host.empty()) {
    if (auto complaint = complaint_about_host(result.host, bracketed); !complaint.empty()) {
      return Error{std::move(complaint)};
    }
  }
  if (!port.starts_with(':') || port.size() == 1) return Error{"has no port"};
  port.remove_prefix(1);
  const auto parsed = std::from_chars(port.data(), port.data() + port.size(), result.port);
  const bool whole = parsed.ec == std::errc{} && parsed.ptr == port.data() + port.size();
  if (!whole || result.port < least_port) {
    return Error{"has a port that is not a number from " + std::to_string(least_port) +
                 " to 65535"};
  }
  return result;
}

bool is_ip_address(const std::string& text) {
  return is_address(AF_INET, text) || is_address(AF_INET6, text);
}

}  // namespace mesh
