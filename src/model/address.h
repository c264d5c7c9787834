// Where somebody listens: what every door of a target, and our own, is named by.
#pragma once

#include <cstdint>
#include <string>

namespace mesh {

// Where a TCP or Unix stream socket listens.
struct Address {
  std::string host;        // name or literal without brackets; empty for a Unix socket
  std::uint16_t port = 0;  // 0 for a Unix socket
  std::string unix_path;   // non-empty: a Unix socket, the rest is unused

  bool is_unix() const { return !unix_path.empty(); }
  bool operator==(const Address&) const = default;
};

// "127.0.0.1:9901", "[::1]:9901" or "unix:/run/admin.sock": the form people write and logs show.
std::string to_string(const Address& address);

}  // namespace mesh
