// Entering namespaces, as far as anybody may: our own is one, too. That of others is for real in
// tests/e2e/network_namespace_test.py.
#include "net/network_namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "base/opened.h"

namespace mesh::network_namespace_test {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

std::string why(const NetworkNamespace& where) {
  const Result<int, Failure> made = socket_in(where, AF_INET);
  if (!made) return made.error().message;
  close(*made);
  return "";
}

std::string list_of(const std::string& name, const std::string& processes) {
  std::string path = ::testing::TempDir() + "network_namespace_test_" + name;
  std::ofstream(path) << processes;
  return path;
}

TEST(NetworkNamespace, is_entered_by_a_process_of_a_list_or_says_what_that_needs) {
  const std::string own = std::to_string(getpid());
  // One that has ended, or never was, is passed over.
  const std::string list = list_of("own", "4194304\n" + own + "\n");
  EXPECT_THAT(why({"", list}), AnyOf("", HasSubstr("needs the capabilities")));
  EXPECT_THAT(why({"/proc/self/ns/net"}), AnyOf("", HasSubstr("needs the capabilities")));
}

TEST(NetworkNamespace, that_cannot_be_had_is_told_in_words) {
  EXPECT_EQ(why({"/nowhere/net"}), "network namespace /nowhere/net: No such file or directory");
  EXPECT_EQ(why({"", "/nowhere/cgroup.procs"}), "no process in /nowhere/cgroup.procs");
  EXPECT_EQ(why({"", list_of("gone", "4194304\n")}),
            "processes of its control group: No such process");
  EXPECT_EQ(why({"", list_of("other", "0\n0\n")}),
            "its processes are not to be seen from here: the agent's pod needs hostPID");
  EXPECT_EQ(why({"", list_of("garbage", "x")}), "no process in " + list_of("garbage", "x"));
}

TEST(NetworkNamespace, tells_what_is_lacking_before_anybody_is_asked) {
  const std::string lacks = lacks_for_entering(list_of("none", "0\n"));
  EXPECT_THAT(lacks, AnyOf("the agent does not see the host's processes (hostPID)",
                           HasSubstr("has not the capabilities")));
}

}  // namespace
}  // namespace mesh::network_namespace_test
