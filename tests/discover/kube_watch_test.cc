// List, watch, and what may go wrong between, by questions and answers written down.
#include "discover/kube_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"

namespace mesh::kube_watch_test {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string pod(const std::string& name, const std::string& version = "7") {
  return R"({"kind":"Pod","metadata":{"name":")" + name + R"(","namespace":"shop","uid":"u-)" +
         name + R"(","resourceVersion":")" + version + R"("},"status":{"phase":"Running"}})";
}

std::string list(const std::string& items, const std::string& version,
                 const std::string& more = "") {
  return R"({"kind":"PodList","metadata":{"resourceVersion":")" + version + R"(","continue":")" +
         more + R"("},"items":[)" + items + "]}";
}

std::string event(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

constexpr const char* expired =
    R"({"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"})";

// Plays the server.
class Conversation {
 public:
  explicit Conversation(const std::string& ns = "", const std::string& selector = "")
      : watch({pods_kind, "spec.nodeName=node-1", ns, selector}, pods, 1) {}

  // The next question; "wait" where there is none yet.
  std::string asked() {
    const auto step = watch.next();
    const auto* ask = std::get_if<KubeWatch::Ask>(&step);
    if (!ask) waits.push_back(std::get<KubeWatch::Wait>(step).time);
    return ask ? ask->path : "wait";
  }

  bool answer(int status, std::string_view body, std::optional<Failure> failure = std::nullopt,
              Duration lasted = seconds(9)) {
    watch.answered(status);
    const bool goes_on = watch.arrived(body);
    watch.ended(lasted, failure);
    return goes_on;
  }

  void listen(std::string_view body) {
    asked();
    answer(200, body);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& [uid, one] : pods->known()) all.push_back(one->name);
    return all;
  }

  std::shared_ptr<KubeObjects<Pod>> pods = std::make_shared<KubeObjects<Pod>>(pods_kind.most);
  KubeWatch watch;
  std::vector<Duration> waits;
};

TEST(KubeWatch, lists_and_then_watches_from_the_version_of_the_list) {
  Conversation talk;
  EXPECT_EQ(talk.asked(),
            "/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1&limit=500&resourceVersion=0");
  talk.answer(200, list(pod("a"), "48200"));
  EXPECT_THAT(talk.names(), ElementsAre("a"));
  EXPECT_THAT(talk.asked(), HasSubstr("&watch=1&allowWatchBookmarks=true&resourceVersion=48200"
                                      "&timeoutSeconds="));
  EXPECT_TRUE(talk.watch.complete());
}

TEST(KubeWatch, asks_within_a_namespace_and_by_labels) {
  Conversation talk("shop", "mesh in (a,b)");
  EXPECT_THAT(talk.asked(),
              HasSubstr("/api/v1/namespaces/shop/pods?fieldSelector=spec.nodeName%3Dnode-1"
                        "&labelSelector=mesh%20in%20%28a%2Cb%29&limit"));
}

TEST(KubeWatch, follows_pages_and_shows_nothing_before_the_last) {
  Conversation talk;
  talk.listen(list(pod("a"), "48200", "next=="));
  EXPECT_THAT(talk.names(), IsEmpty());
  EXPECT_FALSE(talk.watch.complete());
  EXPECT_THAT(talk.asked(), HasSubstr("&continue=next%3D%3D"));
  talk.answer(200, list(pod("b"), "48200"));
  EXPECT_THAT(talk.names(), ElementsAre("a", "b"));
}

TEST(KubeWatch, hears_of_pods_that_come_change_and_go) {
  Conversation talk;
  talk.listen(list(pod("a") + "," + pod("b"), "10"));
  talk.asked();
  talk.answer(200, event("ADDED", pod("c", "11")) + event("DELETED", pod("a", "12")) +
                       event("BOOKMARK", R"({"metadata":{"resourceVersion":"99"}})"));
  EXPECT_THAT(talk.names(), ElementsAre("b", "c"));
  EXPECT_THAT(talk.asked(), HasSubstr("&resourceVersion=99&"));
  EXPECT_THAT(talk.waits, IsEmpty());
}

TEST(KubeWatch, loses_nothing_of_a_watch_that_is_cut_within_an_event) {
  Conversation talk;
  talk.listen(list("", "10"));
  talk.asked();
  talk.answer(200, event("ADDED", pod("a", "11")) + R"({"type":"ADDED","object":{"me)",
              Failure{Reason::connect, "closed in the middle of the answer"});
  EXPECT_EQ(talk.watch.trouble(), "cannot watch pods: closed in the middle of the answer");
  EXPECT_EQ(talk.asked(), "wait");
  EXPECT_THAT(talk.asked(), HasSubstr("&watch=1&allowWatchBookmarks=true&resourceVersion=11&"));
  talk.answer(200, event("ADDED", pod("b", "12")));
  EXPECT_THAT(talk.names(), ElementsAre("a", "b"));
  EXPECT_EQ(talk.watch.trouble(), "");
}

TEST(KubeWatch, begins_anew_with_a_fresh_list_at_an_event_that_says_410) {
  Conversation talk;
  talk.listen(list(pod("a"), "10"));
  talk.asked();
  EXPECT_FALSE(talk.answer(200, event("ERROR", expired))) << "the watch is of no more use";
  EXPECT_THAT(talk.names(), ElementsAre("a")) << "as long as nothing newer is known";
  EXPECT_EQ(talk.asked(), "/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1&limit=500");
  talk.answer(200, list(pod("b"), "20"));
  EXPECT_THAT(talk.names(), ElementsAre("b"));
}

TEST(KubeWatch, begins_anew_at_an_answer_that_says_410) {
  Conversation talk;
  talk.listen(list(pod("a"), "10"));
  talk.asked();
  talk.answer(410, expired);
  EXPECT_THAT(talk.asked(), Not(HasSubstr("watch")));
}

TEST(KubeWatch, begins_a_list_anew_whose_token_has_expired) {
  Conversation talk;
  talk.listen(list(pod("a"), "10", "next"));
  talk.asked();
  talk.answer(410, expired);
  EXPECT_THAT(talk.asked(), Not(HasSubstr("continue")));
  talk.answer(200, list(pod("b"), "11"));
  EXPECT_THAT(talk.names(), ElementsAre("b")) << "the pages before are of another version";
}

TEST(KubeWatch, waits_where_every_version_has_expired_at_once) {
  Conversation talk;
  for (int round = 0; round < 3; ++round) {
    while (talk.asked() == "wait") {
    }
    talk.answer(200, list("", "10"));
    while (talk.asked() == "wait") {
    }
    talk.answer(410, expired);
  }
  EXPECT_EQ(talk.waits.size(), 1u) << "before the second list anew; the third is to come";
  EXPECT_EQ(talk.asked(), "wait");
}

TEST(KubeWatch, watches_on_where_the_server_ended_the_watch_in_order) {
  Conversation talk;
  talk.listen(list("", "10"));
  talk.asked();
  talk.answer(200, "", std::nullopt, seconds(200));
  EXPECT_THAT(talk.asked(), HasSubstr("watch=1"));
  EXPECT_EQ(talk.watch.trouble(), "");
}

TEST(KubeWatch, waits_where_watches_end_at_once) {
  Conversation talk;
  talk.listen(list("", "10"));
  talk.asked();
  talk.answer(200, "", std::nullopt, std::chrono::milliseconds(3));
  EXPECT_EQ(talk.asked(), "wait");
}

TEST(KubeWatch, waits_longer_every_time_and_never_too_long) {
  Conversation talk;
  for (int i = 0; i < 8; ++i) {
    if (talk.asked() == "wait") talk.asked();
    talk.watch.ended({}, Failure{Reason::connect, "connection refused"});
  }
  ASSERT_EQ(talk.waits.size(), 7u);
  const int expected[] = {1, 2, 4, 8, 16, 30, 30};
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_GE(talk.waits[i], seconds(expected[i]) / 2) << i;
    EXPECT_LE(talk.waits[i], seconds(expected[i]) * 3 / 2) << i;
  }
  EXPECT_EQ(talk.watch.trouble(), "cannot list pods: connection refused");
}

TEST(KubeWatch, names_the_verb_that_is_missing) {
  Conversation talk;
  talk.asked();
  talk.answer(403,
              R"({"kind":"Status","code":403,"reason":"Forbidden","message":"pods is forbidden"})");
  EXPECT_EQ(talk.watch.trouble(),
            "cannot list pods: HTTP status 403: pods is forbidden; grant the verb \"list\" on "
            "\"pods\" in a ClusterRole");
}

TEST(KubeWatch, lists_from_time_to_time_where_it_may_not_watch) {
  Conversation talk;
  talk.listen(list(pod("a"), "10"));
  talk.asked();
  talk.answer(403, "");
  EXPECT_EQ(talk.watch.trouble(),
            "cannot watch pods: HTTP status 403; grant the verb \"watch\" on \"pods\" in a "
            "ClusterRole");
  EXPECT_EQ(talk.asked(), "wait");
  talk.listen(list(pod("b"), "11"));
  EXPECT_THAT(talk.names(), ElementsAre("b"));
  EXPECT_THAT(talk.watch.trouble(), HasSubstr("cannot watch pods"));
}

TEST(KubeWatch, says_that_the_token_is_not_accepted) {
  Conversation talk;
  talk.asked();
  talk.answer(401, R"({"kind":"Status","code":401,"message":"Unauthorized"})");
  EXPECT_EQ(talk.watch.trouble(),
            "cannot list pods: HTTP status 401: Unauthorized; the token is not accepted");
}

TEST(KubeWatch, counts_a_pod_that_it_cannot_read_and_takes_the_others) {
  Conversation talk;
  talk.listen(list(R"({"metadata":{"name":"A B"}},)" + pod("b"), "10"));
  EXPECT_THAT(talk.names(), ElementsAre("b"));
  EXPECT_EQ(talk.watch.unreadable(), 1u);
  EXPECT_EQ(talk.watch.unreadable_sample(), "list: Pod without a proper name");
  EXPECT_THAT(talk.watch.problems(),
              ElementsAre("a pod cannot be read: list: Pod without a proper name"));
}

TEST(KubeWatch, tells_of_what_it_could_not_read_until_a_list_is_whole_again) {
  Conversation talk;
  talk.listen(list(R"({"metadata":{"name":"A B"}})", "10"));
  talk.asked();
  talk.answer(410, expired);
  talk.asked();
  talk.answer(200, R"({"kind":"PodList","metadata":{"resourceVersion":"11","continue":"more"},)"
                   R"("items":[]})");
  EXPECT_EQ(talk.watch.problems().size(), 1u) << "the list goes on";
  talk.listen(list(pod("a"), "11"));
  EXPECT_THAT(talk.watch.problems(), IsEmpty());
}

TEST(KubeWatch, believes_nothing_behind_an_event_that_it_cannot_read) {
  Conversation talk;
  talk.listen(list(pod("a"), "10"));
  talk.asked();
  EXPECT_FALSE(talk.answer(200, event("ADDED", "7") + event("DELETED", pod("a", "11"))));
  EXPECT_THAT(talk.names(), ElementsAre("a"));
  EXPECT_EQ(talk.asked(), "wait");
  EXPECT_THAT(talk.asked(), Not(HasSubstr("watch=1"))) << "a new list tells what is true";
}

TEST(KubeWatch, ends_a_watch_of_something_else_than_events) {
  Conversation talk;
  talk.listen(list("", "10"));
  talk.asked();
  EXPECT_FALSE(talk.answer(200, "<html>"));
  EXPECT_EQ(talk.watch.unreadable_sample(), "watch: <html>");
}

TEST(KubeWatch, takes_nothing_but_a_list_of_pods_for_one) {
  Conversation talk;
  talk.listen(R"({"kind":"SecretList","metadata":{"resourceVersion":"1"},"items":[]})");
  EXPECT_EQ(talk.watch.trouble(), "cannot list pods: no PodList but SecretList");
}

TEST(KubeWatch, knows_no_more_pods_than_a_node_may_have) {
  std::string items = pod("a0");
  for (std::size_t i = 1; i < limits::pods_per_node + 2; ++i) {
    items.append(",").append(pod(std::string("a").append(std::to_string(i))));
  }
  Conversation talk;
  talk.listen(list(items, "10"));
  EXPECT_EQ(talk.pods->known().size(), limits::pods_per_node);
  EXPECT_EQ(talk.watch.left_out(), 2u);
  EXPECT_THAT(talk.watch.problems(), ElementsAre("more than 2000 pods: the others are left out"));
}

}  // namespace
}  // namespace mesh::kube_watch_test
