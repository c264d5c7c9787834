// Istio's page beside an admin port that can be asked: one block of counters of both, in which no
// call stands twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "dialect/istio_page_fixture.h"
#include "dialect/scripted_envoy.h"

namespace mesh::istio_beside_admin_test {
namespace {

class IstioBesideAdminTest : public IstioPageTest {
 protected:
  IstioBesideAdminTest() : IstioPageTest(true) {
    door_.bodies_ = {{"/stats", "server.state: 0\nserver.uptime: 5\n"},
                     {"/server_info", server_info(5000)},
                     {"/clusters", clusters(21)},
                     {"/certs", "{}"}};
  }
};

std::string users_calls(int number, const std::string& method = "") {
  std::string line =
      R"(istio_requests_total{reporter="source",request_protocol="grpc",)"
      R"(grpc_response_status="0",destination_service="users.shop.svc.cluster.local")";
  if (!method.empty()) line.append(R"(,request_operation="/a.B/)").append(method).append("\"");
  return line.append("} ").append(std::to_string(number)).append("\n");
}

const std::string users_upstream = "users.shop.svc.cluster.local:50051";

TEST_F(IstioBesideAdminTest, is_asked_for_istios_families_in_every_poll) {
  for (int poll = 0; poll < 3; ++poll) {
    read(users_calls(5));
    const Request& last = door_.asked_.back();
    EXPECT_EQ(last.port, Request::Port::admin);
    EXPECT_THAT(last.path, testing::StartsWith(path + "?usedonly&filter=istio_%28"));
  }
}

TEST_F(IstioBesideAdminTest, that_has_none_of_them_is_asked_once_an_interval) {
  std::vector<bool> asked;
  for (int poll = 0; poll < 6; ++poll) {
    read("");
    asked.push_back(door_.asked().back() == path);
    EXPECT_THAT(readings_.partial, testing::IsEmpty());
  }
  EXPECT_THAT(asked, testing::ElementsAre(true, false, false, false, true, false));
}

TEST_F(IstioBesideAdminTest, has_the_agents_page_beside_both) {
  Target target = sidecar(true);
  target.metrics = HttpEndpoint{{"127.0.0.1", 15020, ""}, path};
  ScriptedDoor door(find_dialect("istio")->open(target, Config{}));
  door.bodies_ = door_.bodies_;
  door.bodies_[path] =
      users_calls(5) + "istio_agent_cert_expiry_seconds{resource_name=\"default\"} 86000.5\n";
  const Readings readings = door.readings();
  EXPECT_THAT(door.asked(), testing::ElementsAre("/stats", "/server_info", "/clusters", "/certs",
                                                 path, "page " + path));
  EXPECT_TRUE(readings.agent);
}

TEST_F(IstioBesideAdminTest, has_the_port_of_the_endpoints) {
  read(users_calls(5) + istios(3));
  EXPECT_EQ(to(users_upstream), (Numbers{{"OK", 5}}));
  EXPECT_EQ(to(payments), (Numbers{{"OK", 3}}));
}

TEST_F(IstioBesideAdminTest, believes_envoys_methods) {
  door_.bodies_["/stats"] = stats(19, 2);
  read(users_calls(21) + istios(3));
  EXPECT_EQ(to(users_upstream), (Numbers{{"user.v1.UserService/GetUser OK", 19},
                                         {"user.v1.UserService/GetUser NOT_FOUND", 2}}));
  EXPECT_EQ(to(payments), (Numbers{{"OK", 3}}));
}

TEST_F(IstioBesideAdminTest, believes_istios_methods_where_envoy_has_none) {
  door_.bodies_["/stats"] = std::string(users) + ".grpc.0: 21\n" + users +
                            ".upstream_rq_total: 21\n" + "server.state: 0\nserver.uptime: 5\n";
  read(users_calls(21));
  EXPECT_EQ(to(users_upstream), (Numbers{{"OK", 21}}));
  read(users_calls(21, "C"));
  EXPECT_EQ(to(users_upstream), (Numbers{{"a.B/C OK", 21}}));
}

TEST_F(IstioBesideAdminTest, counts_on_where_the_page_was_not_heard) {
  const auto is_to_users = [](const SeriesKey& key) {
    return key.counted == Counted::calls && key.upstream == users_upstream;
  };
  read(users_calls(5));
  EXPECT_EQ(book_.more(*readings_.traffic, is_to_users), 5u);
  door_.statuses_[path] = 503;
  const Readings without = door_.readings();
  EXPECT_EQ(book_.more(*without.traffic, is_to_users), 0u);
  ASSERT_EQ(without.partial.size(), 1u);
  EXPECT_EQ(question_of(without.partial[0]), path);
  door_.statuses_.clear();
  read(users_calls(9));
  EXPECT_EQ(book_.more(*readings_.traffic, is_to_users), 4u);
}

TEST_F(IstioBesideAdminTest, counts_nothing_twice_where_the_page_is_heard_late) {
  const auto is_to_users = [](const SeriesKey& key) {
    return key.counted == Counted::calls && key.upstream == users_upstream;
  };
  const auto more = [&](int calls) {
    door_.bodies_["/stats"] = std::string(users) + ".grpc.0: " + std::to_string(calls) + "\n" +
                              users + ".upstream_rq_total: " + std::to_string(calls) +
                              "\nserver.state: 0\nserver.uptime: 5\n";
    read(users_calls(calls, "C"));
    return book_.more(*readings_.traffic, is_to_users);
  };
  door_.statuses_[path] = 503;
  EXPECT_EQ(more(20), 20u);
  door_.statuses_.clear();
  EXPECT_EQ(more(23), 3u);
  for (int poll = 0; poll < 2; ++poll) EXPECT_EQ(more(23), 0u);
  EXPECT_EQ(more(23), 0u);  // asked again
  EXPECT_EQ(door_.asked().back(), path);
  EXPECT_EQ(more(24), 1u);
  EXPECT_EQ(to(users_upstream), (Numbers{{"a.B/C OK", 24}}));
  door_.statuses_[path] = 503;
  EXPECT_EQ(more(26), 0u);  // Envoy's word is still not taken
  door_.statuses_.clear();
  EXPECT_EQ(more(27), 3u);
}

TEST_F(IstioBesideAdminTest, has_the_same_series_as_the_same_object) {
  door_.bodies_["/stats"] = stats(19, 2);
  read(users_calls(21) + istios(3));
  const auto first = readings_.traffic->series;
  read(users_calls(22) + istios(4));
  EXPECT_EQ(readings_.traffic->series, first);
  EXPECT_EQ(readings_.traffic->values.size(), first->size());
}

TEST_F(IstioBesideAdminTest, parts_the_scopes_of_both) {
  door_.bodies_["/stats"] =
      std::string(users) + ".grpc.a.B.C.0: 3\n" + users + ".upstream_rq_total: 3\n" + users +
      ".grpc.a.B.C.upstream_rq_time: B5(1,2) B10(1,3)\n" + "server.state: 0\nserver.uptime: 5\n";
  read(written("default_15020"));
  std::map<std::uint32_t, std::string> upstreams;
  for (const Series& series : *readings_.traffic->series) {
    if (series.key.counted != Counted::duration_bucket) continue;
    const auto [it, fresh] = upstreams.emplace(series.scope, series.key.upstream.str());
    EXPECT_EQ(it->second, series.key.upstream.str());
  }
  EXPECT_GT(upstreams.size(), 2u);
}

}  // namespace
}  // namespace mesh::istio_beside_admin_test
