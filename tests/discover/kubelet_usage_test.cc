// What a node's kubelet tells, by a stand-in that speaks TLS with a page of the same form: no real
// kubelet runs without a node of its own.
#include "discover/kubelet_usage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>

#include "base/limits.h"
#include "support/certificates.h"
#include "support/fake_admin.h"
#include "support/tls_server.h"

namespace mesh::kubelet_usage_test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using support::FakeAdmin;
using support::mint;
using support::Minted;
using support::TlsServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace habits = support::habits;

constexpr const char* page =
    "container_memory_working_set_bytes{container=\"proxy\",namespace=\"shop\",pod=\"a\"} 5e+07 1\n"
    "container_cpu_usage_seconds_total{container=\"proxy\",namespace=\"shop\",pod=\"a\"} 1.5 1\n"
    "resource_scrape_error 0\n";

KubeletContainer proxy_of(const std::string& pod) {
  return {"shop/" + pod, {"shop", pod, "proxy"}, 134'217'728};
}

class KubeletUsageTest : public ::testing::Test {
 protected:
  KubeletUsageTest() {
    std::string directory = (fs::temp_directory_path() / "kubelet-XXXXXX").string();
    directory_ = mkdtemp(directory.data());
    config_.enabled = true;
    config_.address = server_.address();
    api_.token = "secret-token";
    api_.ca_pem = ca_.pem;
    api_.tls = false;  // even then
    server_.answer(habits::with_length("200 OK", page));
  }
  ~KubeletUsageTest() override {
    if (usage_) usage_->stop();
    io_.run_for(std::chrono::seconds(5));
    fs::remove_all(directory_);
  }

  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name) << text;
    return directory_ / name;
  }

  void start(milliseconds pace = milliseconds(10)) {
    KubeletUsage::Listener listener;
    listener.looks = [this](const TargetLooks& looks) { looks_.push_back(looks); };
    listener.state = [this] { ++states_; };
    usage_.emplace(io_.get_executor(), config_, pace, std::move(listener));
    usage_->start(api_);
  }
  bool until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      io_.run_one_for(milliseconds(10));  // the condition may be about another thread
    }
    return true;
  }
  // Of this container, once the kubelet was asked.
  CgroupLook look(const std::string& pod = "a") {
    start();
    usage_->ask_for({proxy_of(pod)}, "");
    EXPECT_TRUE(until([&] { return states_ > 0; }));
    return looks_.empty() ? CgroupLook{} : looks_.front()["shop/" + pod];
  }
  std::string problem() {
    const auto state = usage_->state();
    return state && !state->problems.empty() ? state->problems.front() : "";
  }

  Minted ca_ = mint({.common_name = "cluster", .ca = true});
  Minted leaf_ = mint({.common_name = "node", .alt_names = "IP:127.0.0.1"}, &ca_);
  TlsServer server_{leaf_};
  fs::path directory_;
  KubeletConfig config_;
  ServerAccess api_;
  boost::asio::io_context io_{1};
  std::vector<TargetLooks> looks_;
  int states_ = 0;
  std::optional<KubeletUsage> usage_;
};

TEST_F(KubeletUsageTest, is_a_look_with_the_limit_of_the_pod) {
  const CgroupLook seen = look();
  EXPECT_EQ(seen.error, "");
  EXPECT_EQ(seen.source, ResourceSource::kubelet);
  CgroupReading expected;
  expected.working_set = 50'000'000;
  expected.memory_limit = 134'217'728;
  expected.counts[index_of(ResourceCounter::cpu)] = CgroupReading::Count{1'500'000, 0};
  EXPECT_EQ(seen.reading, expected) << "and nothing that it does not tell";
  EXPECT_EQ(problem(), "");
  EXPECT_EQ(usage_->state()->source, "kubelet");
  EXPECT_TRUE(usage_->state()->last_success.has_value());
  const std::string head = server_.served().head;
  EXPECT_THAT(head, HasSubstr("GET /metrics/resource HTTP/1.1\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nAuthorization: Bearer secret-token\r\n"));
}

TEST_F(KubeletUsageTest, is_not_made_up_for_a_container_that_is_not_on_the_page) {
  const CgroupLook seen = look("b");
  EXPECT_EQ(seen.error, "the kubelet tells nothing of container proxy");
  EXPECT_EQ(seen.reading, CgroupReading{}) << "nor is its limit";
  EXPECT_EQ(problem(), "") << "it may have been made just now";
}

TEST_F(KubeletUsageTest, is_asked_again_with_the_token_of_that_moment) {
  api_.token_file = file("token", "one\n");
  start();
  usage_->ask_for({proxy_of("a")}, "");
  ASSERT_TRUE(until([&] { return states_ >= 1; }));
  file("token", "two\n");
  ASSERT_TRUE(until([&] { return states_ >= 3; }));
  EXPECT_THAT(server_.served(1).head, HasSubstr("Bearer one\r\n"));
  EXPECT_THAT(server_.served(3).head, HasSubstr("Bearer two\r\n"));
}

TEST_F(KubeletUsageTest, is_not_asked_of_nobody) {
  start(std::chrono::hours(1));
  EXPECT_TRUE(usage_->answered());
  io_.poll();
  EXPECT_THAT(looks_, IsEmpty());
  usage_->ask_for({proxy_of("a")}, "");
  EXPECT_FALSE(usage_->answered());
  EXPECT_TRUE(until([&] { return usage_->answered(); })) << "at once, whatever the pace";
  EXPECT_THAT(looks_, SizeIs(1));
}

TEST_F(KubeletUsageTest, is_nothing_where_it_is_not_configured) {
  config_.enabled = false;
  start();
  usage_->ask_for({proxy_of("a")}, "127.0.0.1");
  EXPECT_TRUE(usage_->answered());
  EXPECT_FALSE(usage_->state().has_value());
  EXPECT_EQ(io_.poll(), 0u);
}

TEST_F(KubeletUsageTest, waits_for_the_nodes_address) {
  config_.address.reset();
  EXPECT_THAT(look().error, HasSubstr("no pod tells the node's address yet"));
  EXPECT_THAT(problem(), HasSubstr("expected it as discovery.kubernetes.kubelet.address"));
  usage_->ask_for({}, "");
  EXPECT_EQ(problem(), "") << "it troubles nobody";
  usage_->ask_for({proxy_of("a")}, "127.0.0.1");
  // The port is the kubelet's own, where nobody listens here.
  ASSERT_TRUE(until([&] { return problem().find("at 127.0.0.1:10250: ") != std::string::npos; }));
}

TEST_F(KubeletUsageTest, is_not_believed_with_a_certificate_of_others) {
  api_.ca_pem = mint({.common_name = "other", .ca = true}).pem;
  const CgroupLook seen = look();
  EXPECT_THAT(seen.error, HasSubstr("the server's certificate is not accepted: "));
  EXPECT_EQ(seen.error, problem());
  EXPECT_THAT(problem(), HasSubstr("cannot ask the kubelet at " + to_string(server_.address())));
  EXPECT_THAT(problem(), HasSubstr("; expected a ca_file with the roots"));
  EXPECT_EQ(server_.served().head, "") << "and is shown no token";
}

TEST_F(KubeletUsageTest, is_known_by_roots_of_its_own) {
  api_.ca_pem = mint({.common_name = "other", .ca = true}).pem;
  config_.ca_file = file("ca.crt", ca_.pem);
  EXPECT_EQ(look().error, "");
}

TEST_F(KubeletUsageTest, is_believed_unverified_where_that_is_asked_for_and_the_log_says_so) {
  api_.ca_pem.clear();
  api_.ca_file = (directory_ / "none").string();
  config_.insecure_skip_verify = true;
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(look().error, "");
  ASSERT_TRUE(until([&] { return states_ >= 3; }));
  const std::string log = ::testing::internal::GetCapturedStderr();
  const std::string line = "the kubelet's certificate is not verified";
  ASSERT_THAT(log, HasSubstr(line));
  EXPECT_EQ(log.find(line), log.rfind(line)) << "once";
}

TEST_F(KubeletUsageTest, says_what_a_refusal_asks_for) {
  server_.answer(habits::with_length("403 Forbidden", "Forbidden (user=…)"));
  EXPECT_THAT(look().error, HasSubstr("HTTP status 403; grant the verb \"get\" on "
                                      "\"nodes/metrics\" in a ClusterRole"));
  server_.answer(habits::with_length("401 Unauthorized", "Unauthorized"));
  ASSERT_TRUE(until([&] { return problem().find("HTTP status 401") != std::string::npos; }));
  EXPECT_THAT(problem(), HasSubstr("the token is not accepted"));
  EXPECT_FALSE(usage_->state()->last_success.has_value());
  server_.answer(habits::with_length("200 OK", page));
  EXPECT_TRUE(until([&] { return problem().empty(); }));
  EXPECT_EQ(looks_.back()["shop/a"].error, "");
}

TEST_F(KubeletUsageTest, is_no_page_of_anything_else) {
  server_.answer(habits::with_length("200 OK", "<html>\n"));
  EXPECT_THAT(look().error, HasSubstr("tells nothing of container"));
  EXPECT_THAT(problem(), HasSubstr("lines that cannot be read: 1, first: <html>"));
  server_.answer(habits::with_length("200 OK", ""));
  EXPECT_TRUE(until([&] { return problem().find("the page is empty") != std::string::npos; }));
  server_.answer(habits::with_length("200 OK", "resource_scrape_error 1\n"));
  EXPECT_TRUE(until([&] { return problem().find("could not measure") != std::string::npos; }));
}

TEST_F(KubeletUsageTest, is_read_up_to_a_bound) {
  server_.answer(habits::with_length("200 OK", std::string(limits::kubelet_page_bytes + 1, '#')));
  EXPECT_THAT(look().error, HasSubstr("the page is longer than 8388608 bytes"));
}

TEST_F(KubeletUsageTest, may_be_stopped_while_it_is_silent) {
  FakeAdmin silent;
  silent.on_accept(habits::never_answer);
  config_.address = silent.address();
  start();
  usage_->ask_for({proxy_of("a")}, "");
  ASSERT_TRUE(until([&] { return silent.connections() == 1; }));
  usage_->stop();
  usage_.reset();
  io_.run();
  EXPECT_THAT(looks_, IsEmpty());
}

}  // namespace
}  // namespace mesh::kubelet_usage_test
