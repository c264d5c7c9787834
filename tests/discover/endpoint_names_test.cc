// Names of pods on other nodes, by an API server that plays a script over plain HTTP.
#include "discover/endpoint_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "discover/api_server.h"

namespace mesh::endpoint_names_test {
namespace {

using support::ApiServer;
using support::chunked;
using support::event;
using support::FakePeer;
using support::Habit;
namespace habits = support::habits;
using support::list_of;
using support::plain;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string slice(const std::string& name, const std::string& address, const std::string& pod) {
  return R"({"metadata":{"name":")" + name +
         R"(","namespace":"shop","resourceVersion":"11"},"endpoints":[{"addresses":[")" + address +
         R"("],"targetRef":{"kind":"Pod","namespace":"shop","name":")" + pod + R"("}}]})";
}

Habit slices(const std::string& items, const std::string& version) {
  return list_of("EndpointSliceList", items, version);
}

class EndpointNamesTest : public ::testing::Test {
 protected:
  // Until holds(), or twenty seconds are over.
  void follow(std::vector<Habit> script, const std::function<bool()>& holds) {
    ApiServer api(std::move(script));
    names_.start(plain(api.server().address()), {});
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!holds()) {
      if (io_.run_one_until(end) == 0) break;
    }
    EXPECT_TRUE(holds());
    last_question_ = api.server().last_head();
    names_.stop();
    io_.run_for(std::chrono::seconds(5));
  }

  std::string of(const std::string& ip) const {
    const PodName* pod = names_.addresses() ? names_.addresses()->of(ip) : nullptr;
    return pod ? pod->ns + "/" + pod->pod : "nobody";
  }

  boost::asio::io_context io_{1};
  std::vector<std::vector<std::string>> problems_;
  EndpointNames names_{io_.get_executor(), [this] {
                         if (problems_.empty() || problems_.back() != names_.problems()) {
                           problems_.push_back(names_.problems());
                         }
                       }};
  std::string last_question_;
};

TEST_F(EndpointNamesTest, are_those_of_the_slices_that_are_there) {
  EXPECT_TRUE(names_.answered()) << "nobody is asked";
  follow({slices(slice("a", "10.0.1.7", "users-0") + "," + slice("b", "fd00::7", "users-0"), "10"),
          [](FakePeer& peer) {
            peer.send(chunked + habits::chunk(event("DELETED", slice("a", "10.0.1.7", "users-0")) +
                                              event("ADDED", slice("c", "10.0.1.8", "users-1"))));
            peer.wait_until_client_leaves();
          }},
         [&] { return of("10.0.1.8") == "shop/users-1"; });
  EXPECT_EQ(of("10.0.1.7"), "nobody");
  EXPECT_EQ(of("fd00::7"), "shop/users-0") << "its other slice is still there";
  EXPECT_THAT(problems_, ElementsAre(IsEmpty()));
  EXPECT_THAT(last_question_, HasSubstr("GET /apis/discovery.k8s.io/v1/endpointslices?watch=1&"));
}

TEST_F(EndpointNamesTest, outlive_a_watch_that_is_cut_within_an_event_and_a_version_that_expired) {
  follow({slices(slice("a", "10.0.1.7", "users-0"), "10"),
          habits::say_and_close(
              chunked +
              habits::chunk(event("ADDED", slice("b", "10.0.1.8", "users-1")) + R"({"type":"DEL)")),
          habits::say(chunked + habits::chunk(event("ERROR", R"({"code":410})"))),
          slices(slice("c", "10.0.1.9", "users-2"), "20")},
         [&] { return of("10.0.1.9") == "shop/users-2"; });
  EXPECT_EQ(of("10.0.1.7"), "nobody") << "the new list is what is true";
  EXPECT_THAT(problems_.at(0),
              ElementsAre("cannot watch endpointslices: closed in the middle of the answer"));
  EXPECT_THAT(problems_.back(), IsEmpty());
}

TEST_F(EndpointNamesTest, outlive_a_chunk_that_is_none) {
  follow({slices(slice("a", "10.0.1.7", "users-0"), "10"), habits::say(chunked + "zz\r\n"),
          [](FakePeer& peer) {
            peer.send(chunked + habits::chunk(event("ADDED", slice("b", "10.0.1.8", "users-1"))));
            peer.wait_until_client_leaves();
          }},
         [&] { return of("10.0.1.8") == "shop/users-1"; });
  EXPECT_EQ(of("10.0.1.7"), "shop/users-0");
  EXPECT_THAT(problems_.at(0), ElementsAre(HasSubstr("cannot watch endpointslices: not HTTP")));
  EXPECT_THAT(problems_.back(), IsEmpty());
}

TEST_F(EndpointNamesTest, that_may_not_be_asked_for_name_the_verb_that_is_missing) {
  follow({habits::forbidden()}, [&] { return names_.answered(); });
  ASSERT_EQ(problems_.size(), 1u);
  EXPECT_THAT(problems_[0], ElementsAre(HasSubstr("cannot list endpointslices: HTTP status 403")));
  EXPECT_THAT(problems_[0][0],
              HasSubstr("grant the verb \"list\" on \"endpointslices\" in a ClusterRole"));
  EXPECT_EQ(names_.addresses(), nullptr);
}

}  // namespace
}  // namespace mesh::endpoint_names_test
