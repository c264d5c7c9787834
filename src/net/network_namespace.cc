// Holding a namespace (by its file, or by a process that cannot be mistaken for another) and
// entering it; see network_namespace.h.
#include "net/network_namespace.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/opened.h"

namespace mesh {
namespace {

constexpr std::size_t processes_tried = 16;

Failure failure(std::string message) { return Failure{Reason::connect, std::move(message)}; }

std::string words_of(int error) {
  std::string words = std::generic_category().message(error);
  if (error == EPERM || error == EACCES) {
    words += "; that needs the capabilities CAP_SYS_ADMIN and CAP_SYS_PTRACE";
  }
  return words;
}

// The first of them: any one is in the namespace of all.
std::vector<pid_t> processes_in(const std::string& list) {
  std::vector<pid_t> processes;
  std::ifstream file(list);
  for (pid_t one = 0; processes.size() < processes_tried && file >> one;) processes.push_back(one);
  return processes;
}

// A process has its number until it has ended, and then another may get it: the one that is held is
// the one that was meant if its number is still in the list.
Result<int, Failure> hold_process(const std::string& list) {
  const std::vector<pid_t> processes = processes_in(list);
  if (processes.empty()) return failure("no process in " + list);
  if (processes.front() == 0) {
    return failure("its processes are not to be seen from here: the agent's pod needs hostPID");
  }
  int error = ESRCH;
  for (const pid_t one : processes) {
    const int held = static_cast<int>(syscall(SYS_pidfd_open, one, 0));
    if (held < 0) {
      error = errno;
      continue;
    }
    const std::vector<pid_t> now = processes_in(list);
    if (std::ranges::find(now, one) != now.end()) return held;
    close(held);
  }
  return failure("processes of its control group: " + words_of(error));
}

// A descriptor of the namespace or of a process in it.
Result<int, Failure> hold(const NetworkNamespace& where) {
  if (where.file.empty()) return hold_process(where.processes);
  const int held = open(where.file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (held < 0) return failure("network namespace " + where.file + ": " + words_of(errno));
  return held;
}

bool has_capabilities() {
  constexpr int sys_ptrace = 19, sys_admin = 21;  // linux/capability.h
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    constexpr std::string_view key = "CapEff:\t";
    if (!line.starts_with(key)) continue;
    const std::uint64_t held = std::strtoull(line.c_str() + key.size(), nullptr, 16);
    return (held >> sys_ptrace & 1) == 1 && (held >> sys_admin & 1) == 1;
  }
  return false;
}

std::string why_not_entered(int error) {
  std::string words = "its network namespace cannot be entered: " + words_of(error);
  if (error == EINVAL) words += "; it is no network namespace, or Linux is older than 5.8";
  return words;
}

}  // namespace

Result<int, Failure> socket_in(const NetworkNamespace& where, int family) {
  const Result<int, Failure> namespace_or_process = hold(where);
  if (!namespace_or_process) return namespace_or_process.error();
  const Opened held(*namespace_or_process);
  int made = -1, not_entered = 0, not_made = 0;
  try {
    std::thread([&] {
      if (setns(held.fd, CLONE_NEWNET) != 0) {
        not_entered = errno;
        return;
      }
      made = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
      if (made < 0) not_made = errno;
    }).join();
  } catch (const std::system_error& error) {
    return failure(std::string("no thread to enter its network namespace: ") + error.what());
  }
  if (not_entered != 0) return failure(why_not_entered(not_entered));
  if (made < 0) return failure("no socket in its network namespace: " + words_of(not_made));
  return made;
}

std::string lacks_for_entering(const std::string& processes) {
  if (!has_capabilities())
    return "the agent has not the capabilities CAP_SYS_ADMIN and CAP_SYS_PTRACE";
  const std::vector<pid_t> some = processes_in(processes);
  if (some.empty()) return "no processes can be read in " + processes;
  if (some.front() == 0) return "the agent does not see the host's processes (hostPID)";
  return {};
}

}  // namespace mesh
