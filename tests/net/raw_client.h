// A browser reduced to its socket: sends exactly the bytes it is told and shows exactly those that
// come back. Blocking; gives up after ten seconds of silence, so a failing test ends.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace mesh::support {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, const char* host = "127.0.0.1") {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    if (::inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
      open(AF_INET, reinterpret_cast<sockaddr*>(&v4), sizeof v4);
    } else {
      ::inet_pton(AF_INET6, host, &v6.sin6_addr);
      open(AF_INET6, reinterpret_cast<sockaddr*>(&v6), sizeof v6);
    }
  }
  explicit RawClient(const std::string& unix_path) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    unix_path.copy(at.sun_path, sizeof at.sun_path - 1);
    open(AF_UNIX, reinterpret_cast<sockaddr*>(&at), sizeof at);
  }
  ~RawClient() { ::close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False once the server has reset the connection.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void half_close() { ::shutdown(fd_, SHUT_WR); }

  // Everything up to the end of the connection, without its Date headers. Silence throws.
  std::string read_to_end() {
    while (read_more()) {
    }
    return without_dates(std::move(unread_));
  }

  // The next answer alone, by its Content-Length; what there is, if the connection ends before.
  std::string read_answer(bool has_body = true) {
    std::size_t end = 0;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
      if (!read_more()) return without_dates(std::move(unread_));
    }
    end += 4;
    const std::string name = "\r\nContent-Length: ";
    const auto at = unread_.find(name);
    if (has_body && at < end) end += std::stoul(unread_.substr(at + name.size()));
    while (unread_.size() < end && read_more()) {
    }
    const std::string answer = unread_.substr(0, end);
    unread_.erase(0, end);
    return without_dates(answer);
  }

  // The body of an answer whose head was read before; how much of it came.
  std::size_t read_body(std::size_t size) {
    while (unread_.size() < size && read_more()) {
    }
    const std::size_t came = std::min(size, unread_.size());
    unread_.erase(0, came);
    return came;
  }

  // For a client that takes its answer bit by bit: little of it is to lie about on the way. Then
  // take() is one piece of it; 0 is the end.
  void take_small_pieces() {
    const int bytes = 64 * 1024;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }
  std::size_t take() {
    read_more();
    return std::exchange(unread_, {}).size();
  }

  // Whether the server has closed, cleanly and without sending anything more.
  bool is_closed() { return unread_.empty() && !read_more() && unread_.empty(); }

 private:
  void open(int family, const sockaddr* at, socklen_t size) {
    fd_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(fd_, at, size) != 0) {
      ::close(fd_);
      throw std::runtime_error("cannot connect");
    }
  }

  bool read_more() {
    char bytes[65536];
    const auto got = ::recv(fd_, bytes, sizeof bytes, 0);
    if (got < 0) throw std::runtime_error("silence or reset");
    unread_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }

  static std::string without_dates(std::string text) {
    for (auto at = text.find("Date: "); at != std::string::npos; at = text.find("Date: ")) {
      text.erase(at, text.find("\r\n", at) + 2 - at);
    }
    return text;
  }

  int fd_ = -1;
  std::string unread_;
};

}  // namespace mesh::support
