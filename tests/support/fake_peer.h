// One connection to the misbehaving admin server, as its habits see it: a raw socket with the few
// moves that misbehaving takes. All of them block; all end when the server is destroyed.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

namespace mesh::support {

class FakePeer {
 public:
  explicit FakePeer(int fd) : fd_(fd) {}

  // So many bytes of whatever comes; fewer if the client has gone.
  std::string read(std::size_t count) {
    while (unread_.size() < count) {
      char bytes[4096];
      const auto got = ::recv(fd_, bytes, sizeof bytes, 0);
      if (got <= 0) break;
      unread_.append(bytes, static_cast<std::size_t>(got));
    }
    const std::string some = unread_.substr(0, count);
    unread_.erase(0, count);
    return some;
  }

  // The bytes of the request, up to and with the empty line; "" if the client has gone.
  std::string read_head() {
    for (;;) {
      if (const auto end = unread_.find("\r\n\r\n"); end != std::string::npos) {
        const std::string head = unread_.substr(0, end + 4);
        unread_.erase(0, end + 4);
        return head;
      }
      char bytes[4096];
      const auto got = ::recv(fd_, bytes, sizeof bytes, 0);
      if (got <= 0) return "";
      unread_.append(bytes, static_cast<std::size_t>(got));
    }
  }

  // False if the client has gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Whether the client goes on waiting: true after that long, false as soon as it has gone.
  bool still_there_after(int milliseconds) {
    timeval wait{milliseconds / 1000, (milliseconds % 1000) * 1000};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    char byte = 0;
    const bool gone = ::recv(fd_, &byte, 1, 0) == 0;
    wait = {0, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    return !gone;
  }

  void wait_until_client_leaves() {
    char bytes[4096];
    while (::recv(fd_, bytes, sizeof bytes, 0) > 0) {
    }
    leave();
  }

  void half_close() { ::shutdown(fd_, SHUT_WR); }

  // The connection is closed when the habit returns; otherwise the next request is read.
  void leave() { left_ = true; }

  // As leave(), but the client sees a reset instead of an end.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    leave();
  }

  bool left() const { return left_; }

 private:
  const int fd_;
  std::string unread_;
  bool left_ = false;
};

}  // namespace mesh::support
