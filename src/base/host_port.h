// "host:port" as people write it in flags and URLs: a name, an IPv4 address, or an IPv6 address in
// brackets, then a port. Strict, because a typo here is otherwise found by a failing connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mesh {

struct HostPort {
  std::string host;  // without brackets; "" if the text began with the colon
  std::uint16_t port = 0;

  bool operator==(const HostPort&) const = default;
};

// The error's message says what is wrong in words that may follow the offending text. Port 0 is
// "any free one" to who listens, and nothing to who dials: those ask for 1 as the least.
Result<HostPort> parse_host_port(std::string_view text, std::uint16_t least_port = 0);

// "10.1.2.3" or "fd00::7": an address as a literal, without brackets.
bool is_ip_address(const std::string& text);

}  // namespace mesh
