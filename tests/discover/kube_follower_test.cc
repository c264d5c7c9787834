// Objects as they are told, by an API server that plays a script over plain HTTP. The pods of a
// node stand for all kinds.
#include "discover/kube_follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "base/rethrow.h"
#include "discover/api_server.h"

namespace mesh::kube_follower_test {
namespace {

using support::ApiServer;
using support::chunked;
using support::event;
using support::FakeAdmin;
using support::FakePeer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace habits = support::habits;
using support::plain;
using support::pod_list;

std::string pod(const std::string& name, const std::string& version) {
  return R"({"kind":"Pod","metadata":{"name":")" + name + R"(","namespace":"shop","uid":"u-)" +
         name + R"(","resourceVersion":")" + version + R"("}})";
}

// What is told until that is enough, or twenty seconds are over.
struct Told {
  std::vector<std::vector<std::string>> pods;
  std::vector<std::string> troubles;
};

Told hear_until(ServerAccess access, const KubeScope& scope,
                const std::function<bool(const Told&)>& enough) {
  boost::asio::io_context io{1};
  Told told;
  std::unique_ptr<KubeSource<Pod>> source;
  const auto count = [&] {
    if (enough(told)) source->follower().stop();
  };
  KubeSource<Pod>::Listener listener;
  listener.objects = [&](const KubeSource<Pod>::Objects& pods) {
    auto& names = told.pods.emplace_back();
    if (!source->follower().complete()) names.emplace_back("not all");
    for (const auto& one : pods) names.push_back(one->name);
    count();
  };
  listener.problems = [&](const std::vector<std::string>& problems) {
    told.troubles.push_back(problems.empty() ? "" : problems.front());
    count();
  };
  source = std::make_unique<KubeSource<Pod>>(io.get_executor(), std::move(access), scope,
                                             std::move(listener));
  boost::asio::co_spawn(io, source->follower().run(), rethrow);
  io.run_for(std::chrono::seconds(20));
  EXPECT_TRUE(io.stopped()) << "it does not end, or was not told enough";
  return told;
}

KubeScope on_one_node(std::vector<std::string> namespaces = {}) {
  return {pods_kind, "spec.nodeName=node-1", std::move(namespaces), ""};
}

Told hear(ServerAccess access, std::size_t times) {
  return hear_until(std::move(access), on_one_node(), [&](const Told& told) {
    return told.pods.size() + told.troubles.size() >= times;
  });
}

TEST(KubeFollower, objects_are_told_when_listed_and_when_they_change) {
  ApiServer api({pod_list(pod("a", "9"), "10"), [](FakePeer& peer) {
                   peer.send(chunked + habits::chunk(event("ADDED", pod("b", "11"))));
                   peer.wait_until_client_leaves();
                 }});
  const Told told = hear(plain(api.server().address()), 1);
  // Both within the time in which a swarm is gathered, or one after the other.
  EXPECT_THAT(told.pods.back(), ::testing::AnyOf(ElementsAre("a"), ElementsAre("a", "b")));
  EXPECT_THAT(told.troubles, IsEmpty());
}

TEST(KubeFollower, objects_are_followed_over_a_watch_that_is_cut_within_an_event) {
  ApiServer api({pod_list(pod("a", "9"), "10"),
                 habits::say_and_close(
                     chunked + habits::chunk(event("DELETED", pod("a", "11")) + R"({"type":"ADD)")),
                 [](FakePeer& peer) {
                   peer.send(chunked + habits::chunk(event("ADDED", pod("b", "12"))));
                   peer.wait_until_client_leaves();
                 }});
  const Told told = hear(plain(api.server().address()), 4);
  EXPECT_THAT(told.troubles,
              ElementsAre("cannot watch pods: closed in the middle of the answer", ""));
  EXPECT_THAT(told.pods, ElementsAre(IsEmpty(), ElementsAre("b")));
  EXPECT_THAT(api.server().last_head(), HasSubstr("resourceVersion=11&"));
}

TEST(KubeFollower, objects_are_well_again_as_soon_as_a_watch_is_let_in) {
  ApiServer api({pod_list(pod("a", "9"), "10"), habits::forbidden(), pod_list(pod("a", "9"), "12"),
                 [](FakePeer& peer) {
                   peer.send(chunked);
                   peer.wait_until_client_leaves();
                 }});
  const Told told = hear_until(plain(api.server().address()), on_one_node(),
                               [](const Told& so_far) { return so_far.troubles.size() == 2; });
  EXPECT_THAT(told.troubles, ElementsAre(HasSubstr("cannot watch pods: HTTP status 403"), ""));
}

TEST(KubeFollower, objects_are_listed_anew_where_the_version_has_expired) {
  ApiServer api({pod_list(pod("a", "9"), "10"),
                 habits::say(chunked + habits::chunk(event("ERROR", R"({"code":410})"))),
                 pod_list(pod("b", "19"), "20")});
  const Told told = hear(plain(api.server().address()), 1);
  EXPECT_THAT(told.pods, ElementsAre(ElementsAre("b")));
}

TEST(KubeFollower, tells_whether_every_namespace_was_listed) {
  FakeAdmin server;
  const auto of = [](const std::string& ns) {
    return "/api/v1/namespaces/" + ns +
           "/pods?fieldSelector=spec.nodeName%3Dnode-1&limit=500&resourceVersion=0";
  };
  server.on(of("shop"), pod_list(pod("a", "9"), "10"));
  // The second question comes half a second later at the soonest.
  std::atomic<int> asked = 0;
  server.on(of("pay"), [&](FakePeer& peer) {
    ++asked == 1 ? habits::forbidden()(peer) : pod_list(pod("b", "9"), "10")(peer);
  });
  // The namespace that is listed, and cannot be watched, may be listed again before that.
  const auto changed = [](const Told& so_far) {
    return !so_far.pods.empty() && so_far.pods.back() != so_far.pods.front();
  };
  const Told told = hear_until(plain(server.address()), on_one_node({"shop", "pay"}), changed);
  EXPECT_THAT(told.pods.front(), ElementsAre("not all", "a"));
  EXPECT_THAT(told.pods.back(), ElementsAre("a", "b"));
}

class TokenFile {
 public:
  TokenFile() {
    char name[] = "/tmp/mesh_token_XXXXXX";
    const int fd = ::mkstemp(name);
    path = name;
    if (fd >= 0) ::close(fd);
  }
  ~TokenFile() { std::filesystem::remove(path); }
  TokenFile(const TokenFile&) = delete;
  TokenFile& operator=(const TokenFile&) = delete;
  void write(const std::string& text) const { std::ofstream(path) << text; }

  std::string path;
};

TEST(KubeFollower, objects_are_asked_for_with_the_token_as_its_file_is_now) {
  const TokenFile token;
  token.write("old\n");
  ApiServer api({[&](FakePeer& peer) {
                   token.write("new\n");
                   peer.send(habits::with_length("401 Unauthorized", "{}"));
                 },
                 pod_list(pod("a", "9"), "10")});
  ServerAccess access = plain(api.server().address());
  access.token_file = token.path;
  const Told told = hear(access, 2);
  EXPECT_THAT(told.troubles.at(0), HasSubstr("HTTP status 401; the token is not accepted"));
  EXPECT_THAT(api.server().last_head(), HasSubstr("\r\nAuthorization: Bearer new\r\n"));
}

TEST(KubeFollower, needs_every_file_that_is_named) {
  FakeAdmin server;
  ServerAccess access = plain(server.address());
  access.token_file = "/nowhere/token";
  EXPECT_THAT(hear(access, 1).troubles,
              ElementsAre("cannot list pods: /nowhere/token: No such file or directory"));
  EXPECT_EQ(server.requests(), 0);
}

TEST(KubeFollower, objects_are_waited_for_while_nobody_answers) {
  FakeAdmin server;
  server.refuse();
  EXPECT_THAT(hear(plain(server.address()), 1).troubles,
              ElementsAre("cannot list pods: connection refused"));
}

}  // namespace
}  // namespace mesh::kube_follower_test
