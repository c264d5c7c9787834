// The secret watcher before an API server that plays a script over plain HTTP: what it publishes of
// Secrets that come, are renewed and go.
#include "app/secret_watcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "discover/api_server.h"
#include "support/certificates.h"

namespace mesh::secret_watcher_test {
namespace {

namespace fs = std::filesystem;
using support::ApiServer;
using support::chunked;
using support::event;
using support::FakePeer;
using support::Habit;
namespace habits = support::habits;
using support::base64;
using support::list_of;
using support::mint;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string secret(const std::string& name, const std::string& pem) {
  return R"({"metadata":{"name":")" + name +
         R"(","namespace":"shop","resourceVersion":"11"},"type":"kubernetes.io/tls","data":)" +
         R"({"tls.crt":")" + base64(pem) + R"(","tls.key":"c2VjcmV0"}})";
}

std::string users(const char* not_before) {
  return mint({.common_name = "users", .not_before = not_before}).pem;
}

Habit secrets(const std::string& items) { return list_of("SecretList", items, "10"); }

class SecretWatcherTest : public ::testing::Test {
 protected:
  SecretWatcherTest() {
    std::string directory = (fs::temp_directory_path() / "secrets-XXXXXX").string();
    directory_ = mkdtemp(directory.data());
    config_.certificates.secrets.enabled = true;
  }
  ~SecretWatcherTest() override { fs::remove_all(directory_); }

  // A watch that brings this as soon as what was listed is shown: what comes sooner is gathered.
  Habit then(const std::string& events) {
    return [this, events](FakePeer& peer) {
      while (!shown_ && peer.still_there_after(10)) continue;
      peer.send(chunked + habits::chunk(events));
      peer.wait_until_client_leaves();
    };
  }

  // Until holds(), or twenty seconds are over.
  void follow(std::vector<Habit> script, const std::function<bool()>& holds) {
    ApiServer api(std::move(script));
    const fs::path kubeconfig = directory_ / "kubeconfig";
    std::ofstream(kubeconfig)
        << R"({"current-context":"one","clusters":[{"name":"one","cluster":{"server":"http://)"
        << to_string(api.server().address())
        << R"("}}],"users":[{"name":"one","user":{}}],"contexts":[{"name":"one","context":)"
        << R"({"cluster":"one","user":"one"}}]})";
    config_.discovery.kubernetes.kubeconfig = kubeconfig;
    watcher_.emplace(io_.get_executor(), config_, [this] { shown_ = true; });
    watcher_->start({});
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!holds()) {
      if (io_.run_one_until(end) == 0) break;
    }
    EXPECT_TRUE(holds()) << ::testing::PrintToString(published());
    asked_ = api.server().last_head();
    watcher_->stop();
    io_.run_for(std::chrono::seconds(5));
  }

  // "shop/tls: users rotated 1"
  std::vector<std::string> published() const {
    std::vector<std::string> lines;
    for (const auto& place : watcher_->shown()->places) {
      EXPECT_EQ(place->source, CertificateSource::secret);
      for (const KnownCertificate& known : place->known) {
        lines.push_back(place->location + ": " + known.in_use.subject_common_name);
        lines.back().append(" rotated ").append(std::to_string(known.rotations));
      }
    }
    return lines;
  }

  bool has(const std::vector<std::string>& lines) const { return published() == lines; }

  fs::path directory_;
  Config config_;
  boost::asio::io_context io_{1};
  std::optional<SecretWatcher> watcher_;
  std::string asked_;
  std::atomic<bool> shown_ = false;
};

TEST_F(SecretWatcherTest, shows_what_is_there_and_counts_what_is_renewed) {
  const std::string old = users("20250101000000Z"), renewed = users("20250601000000Z");
  follow({secrets(secret("a", old) + "," + secret("b", old)),
          then(event("MODIFIED", secret("a", renewed)) + event("DELETED", secret("b", old)))},
         [&] { return has({"shop/a: users rotated 1"}); });
  EXPECT_THAT(asked_, HasSubstr("GET /api/v1/secrets?fieldSelector=type%3Dkubernetes.io%2Ftls&"));
  EXPECT_THAT(watcher_->state()->problems, IsEmpty());
  EXPECT_FALSE(watcher_->state()->targets.has_value());
  EXPECT_TRUE(watcher_->state()->last_success.has_value());
}

TEST_F(SecretWatcherTest, goes_on_with_a_history_where_the_list_is_made_anew) {
  const std::string old = users("20250101000000Z"), renewed = users("20250601000000Z");
  follow({secrets(secret("a", old)), then(event("ERROR", R"({"code":410})")),
          secrets(secret("a", renewed))},
         [&] { return has({"shop/a: users rotated 1"}); });
}

TEST_F(SecretWatcherTest, reads_all_types_that_labels_pick) {
  config_.certificates.secrets.selector = "istio.io/config=true";
  follow({secrets("")}, [&] { return watcher_->all_looked(); });
  EXPECT_THAT(asked_, HasSubstr("GET /api/v1/secrets?labelSelector=istio.io%2Fconfig%3Dtrue&"));
}

TEST_F(SecretWatcherTest, keeps_what_was_read_where_a_value_is_broken_and_says_so) {
  const std::string old = users("20250101000000Z");
  follow({secrets(secret("a", old)), then(event("MODIFIED", secret("a", "nothing")))},
         [&] { return watcher_->state()->problems.size() == 1; });
  EXPECT_THAT(watcher_->state()->problems,
              ElementsAre("1 Secret holds what is no certificate, first: shop/a: tls.crt: no "
                          "certificate"));
  EXPECT_THAT(published(), ElementsAre("shop/a: users rotated 0"));
}

TEST_F(SecretWatcherTest, names_the_verb_that_is_missing) {
  follow({habits::forbidden()}, [&] { return watcher_->all_looked(); });
  ASSERT_EQ(watcher_->state()->problems.size(), 1u);
  EXPECT_THAT(watcher_->state()->problems[0],
              HasSubstr("grant the verb \"list\" on \"secrets\" in a ClusterRole"));
  EXPECT_THAT(published(), IsEmpty());
}

TEST_F(SecretWatcherTest, has_nothing_to_say_where_nobody_asked_for_it) {
  SecretWatcher none(io_.get_executor(), Config{}, [] { ADD_FAILURE() << "told something"; });
  none.start({});
  EXPECT_TRUE(none.all_looked());
  EXPECT_FALSE(none.state().has_value());
}

}  // namespace
}  // namespace mesh::secret_watcher_test
