// Sockets in other network namespaces than our own: how the loopback of a pod is reached from the
// node. A socket stays in the namespace in which it was made, whoever uses it afterwards.
//
// Needs CAP_SYS_ADMIN, and for the namespace of processes CAP_SYS_PTRACE and a view of the host's
// processes as well (hostPID). Linux 5.8.
#pragma once

#include <string>

#include "base/result.h"
#include "model/failure.h"

namespace mesh {

// Our own, unless one of them is said.
struct NetworkNamespace {
  std::string file{};       // as ip-netns(8) leaves them: "/run/netns/blue"
  std::string processes{};  // of the processes listed here: "/sys/fs/cgroup/…/cgroup.procs"

  bool is_ours() const { return file.empty() && processes.empty(); }
};

// A TCP socket of the address family (AF_INET, AF_INET6) in there, not connected and the caller's;
// or why not, in words that name what is missing. A thread of its own enters the namespace and
// ends: no other ever leaves ours. Takes some 100 microseconds, for which it is waited.
Result<int, Failure> socket_in(const NetworkNamespace& where, int family);

// What this process lacks for entering the namespaces of others' processes, in words; "" if
// nothing. `processes` is a list of processes of the host, such as the one of all control groups'
// root.
std::string lacks_for_entering(const std::string& processes);

}  // namespace mesh
