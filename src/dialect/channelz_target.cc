// Schemes, escapes and groups; see channelz_target.h.
#include "dialect/channelz_target.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace mesh {
namespace {

bool takes_scheme(std::string_view& target, std::string_view scheme) {
  return take_front(target, scheme) && take_front(target, ":");
}

// Brackets are escaped by C++ and what is built on it.
std::string without_escapes(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view three = text.substr(i, 3);
    const bool opens = three == "%5B" || three == "%5b", closes = three == "%5D" || three == "%5d";
    plain += opens ? '[' : closes ? ']' : text[i];
    if (opens || closes) i += 2;
  }
  return plain;
}

// "10.0.0.7:80" of "[[[users/10.0.0.7:80]/{}]]": Java's groups of addresses, a name before each;
// nothing if it is no such thing.
std::string_view first_of_java(std::string_view target) {
  const std::size_t slash = target.find('/');
  if (!target.starts_with("[[[") || slash == std::string_view::npos) return {};
  target.remove_prefix(slash + 1);
  const std::size_t host = target.starts_with('[') ? std::min(target.find(']'), target.size()) : 0;
  return target.substr(0, target.find_first_of(",]", host + 1));
}

}  // namespace

std::vector<std::string> addresses_in(std::string_view target) {
  std::vector<std::string> addresses;
  if (!takes_scheme(target, "ipv4") && !takes_scheme(target, "ipv6")) return addresses;
  while (!target.empty()) {
    const std::size_t end = std::min(target.find(','), target.size());
    if (end > 0) addresses.push_back(without_escapes(target.substr(0, end)));
    target.remove_prefix(std::min(end + 1, target.size()));
  }
  return addresses;
}

std::string_view upstream_of_target(std::string_view target) {
  const std::size_t colon = target.find(':');
  if (colon == std::string_view::npos) return target;
  const std::string_view scheme = target.substr(0, colon);
  std::string_view rest = target.substr(colon + 1);
  // A name with its port has no scheme, and a path of a socket is not taken apart.
  const bool is_port = parse_u64(rest).has_value();
  if (is_port || rest.empty() || scheme.starts_with("unix")) return target;
  if (rest.starts_with("//")) {
    const std::size_t path = rest.find('/', 2);
    rest.remove_prefix(path == std::string_view::npos ? 2 : path + 1);
  }
  return rest.empty() ? target : rest;
}

std::string address_of_target(std::string_view target) {
  if (const std::string_view address = first_of_java(target); !address.empty()) target = address;
  for (const std::string_view scheme : {"ipv4", "ipv6"}) takes_scheme(target, scheme);
  return printable_sample(without_escapes(target), limits::channelz_target_bytes);
}

}  // namespace mesh
