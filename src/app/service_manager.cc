// The datagrams of sd_notify(3); what they are for is told in service_manager.h.
#include "app/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "base/log.h"
#include "base/text.h"

namespace mesh {
namespace {

// A service has a few; the number comes from the environment.
constexpr std::uint64_t most_sockets = 1'000;

std::string take_from_environment(const char* name) {
  const char* const value = std::getenv(name);
  std::string taken = value ? value : "";
  unsetenv(name);
  return taken;
}

std::string monotonic_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::to_string(now.tv_sec * 1'000'000LL + now.tv_nsec / 1000);
}

// 0, or errno.
int send_to(const std::string& socket, std::string_view words) {
  sockaddr_un address{};
  if (socket.size() >= sizeof address.sun_path) return ENAMETOOLONG;
  address.sun_family = AF_UNIX;
  socket.copy(address.sun_path, socket.size());
  if (socket.front() == '@') address.sun_path[0] = '\0';  // an abstract name
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket.size());
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return errno;
  const auto* const where = reinterpret_cast<const sockaddr*>(&address);
  const bool sent = ::sendto(fd, words.data(), words.size(), MSG_NOSIGNAL, where, length) >= 0;
  const int failed = sent ? 0 : errno;
  ::close(fd);
  return failed;
}

}  // namespace

ServiceManager::ServiceManager() : socket_(take_from_environment("NOTIFY_SOCKET")) {
  const std::optional<std::uint64_t> allowed = parse_u64(take_from_environment("WATCHDOG_USEC"));
  const std::string whom = take_from_environment("WATCHDOG_PID");
  const bool ours = whom.empty() || whom == std::to_string(getpid());
  if (allowed && ours) watchdog_ = std::chrono::microseconds(*allowed / 2);
}

void ServiceManager::ready() const { tell("READY=1"); }

void ServiceManager::reloading() const {
  tell("RELOADING=1\nMONOTONIC_USEC=" + monotonic_microseconds());
}

void ServiceManager::stopping() const { tell("STOPPING=1"); }

void ServiceManager::alive() const { tell("WATCHDOG=1"); }

void ServiceManager::tell(std::string_view words) const {
  if (socket_.empty()) return;
  const int failed = send_to(socket_, words);
  if (failed == 0) return;
  const std::string why = std::generic_category().message(failed);
  log(LogLevel::warn, "the service manager could not be told", {{"error", why}});
}

Result<std::vector<int>> take_passed_sockets() {
  constexpr int first = 3;
  const std::optional<std::uint64_t> count = parse_u64(take_from_environment("LISTEN_FDS"));
  const std::string whom = take_from_environment("LISTEN_PID");
  take_from_environment("LISTEN_FDNAMES");
  const bool ours = whom == std::to_string(getpid());
  if (!count || *count == 0 || !ours) {
    return Error{"no sockets were passed by the service manager ($LISTEN_FDS for $LISTEN_PID)"};
  }
  std::vector<int> sockets;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(*count, most_sockets); ++i) {
    sockets.push_back(first + static_cast<int>(i));
  }
  return sockets;
}

}  // namespace mesh
