// A probe whose own TLS files are not as they should be: what is told then is about the agent, and
// nothing of it about the server.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "app/probe_watching.h"
#include "support/certificates.h"

namespace mesh::probe_files_test {
namespace {

using support::mint;
using support::Minted;
using support::ServingTls;

class ProbeFiles : public ProbeWatcherTest {
 protected:
  ProbeFiles() {
    std::string name = ::testing::TempDir() + "probe_files_XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~ProbeFiles() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ + "/" + name + ".new") << text;
    std::filesystem::rename(directory_ + "/" + name + ".new", directory_ + "/" + name);
  }

  GrpcProbe by_tls(const Address& address) const {
    GrpcProbe one = probe("users", address, 200ms);
    one.server.tls = GrpcTls{};
    one.server.tls->ca_file = directory_ + "/ca.pem";
    return one;
  }

  std::string directory_;
  const Minted root_ = mint({.common_name = "root", .ca = true});
  const Minted leaf_ = mint({.common_name = "leaf", .alt_names = "IP:127.0.0.1"}, &root_);
  const ServingTls tls_{leaf_};
  const Serving server_{[](const ServingCall&) { return Served{0, "", serving, false}; }, &tls_};
};

TEST_F(ProbeFiles, that_are_missing_are_no_outage_and_are_used_when_they_come) {
  watcher_->watch({by_tls(server_.address())});
  ASSERT_TRUE(run_until_looked());
  EXPECT_THAT(statuses(), ElementsAre("not_asked"));
  EXPECT_EQ(only()->look.words, "cannot use " + directory_ + "/ca.pem: No such file or directory");
  EXPECT_EQ(only()->probes, 0u);
  EXPECT_EQ(only()->failures, 0u);
  EXPECT_EQ(only()->server.tls->ca_file, directory_ + "/ca.pem");
  ProbedNow now;
  probe_now("users", now);
  ASSERT_TRUE(run_until([&] { return !now.states.empty(); }));
  EXPECT_EQ(why_not_asked(now), only()->look.words);
  write("ca.pem", "garbage");
  ASSERT_TRUE(
      run_until([this] { return only()->look.words.find("No such") == std::string::npos; }));
  EXPECT_THAT(statuses(), ElementsAre("not_asked"));
  write("ca.pem", root_.pem);
  ASSERT_TRUE(run_until([this] { return statuses()[0] == "serving"; }));
  EXPECT_EQ(only()->failures, 0u);
  EXPECT_GE(only()->probes, 1u);
}

TEST_F(ProbeFiles, that_are_there_and_of_somebody_else_say_something_of_the_way_to_the_server) {
  write("ca.pem", mint({.common_name = "other", .ca = true}).pem);
  watcher_->watch({by_tls(server_.address())});
  ASSERT_TRUE(run_until_looked());
  EXPECT_THAT(statuses(), ElementsAre("unreachable"));
  EXPECT_EQ(only()->failures, 1u);
}

}  // namespace
}  // namespace mesh::probe_files_test
