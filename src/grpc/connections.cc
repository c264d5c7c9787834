// /proc/self/fd, tcp(7), shutdown(2); see connections.h.
#include "grpc/connections.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

namespace mesh {
namespace {

// Nothing of what is no connection over TCP. The kernel has appended to its tcp_info what libc's
// header does not know, and linux/tcp.h cannot stand beside that: tcpi_bytes_received is here.
std::optional<std::uint64_t> bytes_received(int file) {
  constexpr std::size_t place = 128;
  std::uint64_t bytes = 0;
  std::array<char, place + sizeof bytes> info{};
  socklen_t size = info.size();
  if (getsockopt(file, IPPROTO_TCP, TCP_INFO, info.data(), &size) != 0) return {};
  if (size < info.size()) return {};
  std::memcpy(&bytes, info.data() + place, sizeof bytes);
  return bytes;
}

std::string peer_of(int file) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (getpeername(file, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return "";
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (peer.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &peer, sizeof v4);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return "ipv4:" + std::string(text.data()) + ":" + std::to_string(ntohs(v4.sin_port));
  }
  if (peer.ss_family == AF_UNIX) {
    sockaddr_un local{};
    std::memcpy(&local, &peer, sizeof local);
    return "unix:" + std::string(local.sun_path, strnlen(local.sun_path, sizeof local.sun_path));
  }
  if (peer.ss_family != AF_INET6) return "";
  sockaddr_in6 v6{};
  std::memcpy(&v6, &peer, sizeof v6);
  const std::string port = std::to_string(ntohs(v6.sin6_port));
  inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  const std::string address(text.data());
  constexpr std::string_view mapped = "::ffff:";
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    return "ipv4:" + address.substr(mapped.size()) + ":" + port;
  }
  return "ipv6:%5B" + address + "%5D:" + port;
}

std::vector<int> open_files() {
  std::vector<int> files;
  std::error_code error;
  for (std::filesystem::directory_iterator one("/proc/self/fd", error), end; !error && one != end;
       one.increment(error)) {
    const std::string name = one->path().filename();
    int file = -1;
    std::from_chars(name.data(), name.data() + name.size(), file);
    files.push_back(file);
  }
  return files;
}

}  // namespace

std::map<std::string, std::uint64_t> received_by_peer() {
  std::map<std::string, std::uint64_t> bytes;
  for (const int file : open_files()) {
    const auto received = bytes_received(file);
    if (received) bytes[peer_of(file)] += *received;
  }
  return bytes;
}

void cut_off(const std::string& peer) {
  for (const int file : open_files()) {
    if (peer_of(file) != peer) continue;
    // The library may close it at this moment, and its number become another's.
    const int own = fcntl(file, F_DUPFD_CLOEXEC, 0);
    if (own < 0) continue;
    // Once it is closed it is reset, and waits for nothing that the peer has not said yet.
    const linger not_at_all{1, 0};
    if (peer_of(own) == peer) {
      setsockopt(own, SOL_SOCKET, SO_LINGER, &not_at_all, sizeof not_at_all);
      shutdown(own, SHUT_RDWR);
    }
    close(own);
  }
}

}  // namespace mesh
