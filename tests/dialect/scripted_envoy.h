// A scripted Envoy for tests of whole conversations: the test sets the pages, plays one poll, and
// sees which questions were asked. Time moves by a millisecond a question, 15 s from poll to poll.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dialect/dialects.h"
#include "dialect/readings_of.h"

namespace mesh {

inline constexpr const char* users = "cluster.outbound|50051||users.shop.svc.cluster.local";

inline std::string stats(int ok, int not_found) {
  const std::string cluster = users;
  return cluster + ".grpc.user.v1.UserService.GetUser.0: " + std::to_string(ok) + "\n" + cluster +
         ".grpc.user.v1.UserService.GetUser.5: " + std::to_string(not_found) + "\n" + cluster +
         ".membership_total: 1\n" + cluster +
         ".upstream_rq_total: " + std::to_string(ok + not_found) +
         "\nserver.state: 0\nserver.uptime: 5\n";
}

inline std::string clusters(int requests) {
  return R"({"cluster_statuses":[{"name":"outbound|50051||users.shop.svc.cluster.local",)"
         R"("observability_name":"outbound|50051||users.shop.svc.cluster.local",)"
         R"("host_statuses":[{"address":{"socket_address":{"address":"10.0.0.1","port_value":80}},)"
         R"("stats":[{"name":"rq_total","value":")" +
         std::to_string(requests) + R"("}],"health_status":{"eds_health_status":"HEALTHY"}}]}]})";
}

inline std::string server_info(int uptime, const std::string& version = "1.40.0") {
  return R"({"version":"abc/)" + version + R"(/Clean/RELEASE/BoringSSL","state":"LIVE",)" +
         R"("uptime_current_epoch":")" + std::to_string(uptime) +
         R"(s","command_line_options":{"restart_epoch":0},"node":{"id":"users-0","cluster":"x"}})";
}

// A proxy of one connection whose answers a test sets; time moves by a millisecond a question.
class EnvoyConversationTest : public testing::Test {
 protected:
  // Holds one poll. An empty path in `failing` fails nothing.
  Step poll() {
    asked_.clear();
    requests_.clear();
    Step step = conversation_->begin(now_);
    while (const auto* request = std::get_if<Request>(&step)) {
      requests_.push_back(*request);
      asked_.push_back(request->path.substr(0, request->path.find('?')));
      EXPECT_EQ(request->port, Request::Port::admin);
      step = conversation_->hear(answer(asked_.back()));
      if (asked_.size() > 20) ADD_FAILURE() << "endless conversation";
      if (asked_.size() > 20) break;
    }
    now_ += std::chrono::seconds(15);
    return step;
  }

  Readings readings() { return readings_of(poll()); }

  Answer answer(const std::string& page) {
    const Instant sent = now_;
    now_ += std::chrono::milliseconds(1);
    if (on_question_) on_question_(page);
    if (closes_every_time_) ++connection_;
    if (const auto it = failures_.find(page); it != failures_.end()) return it->second;
    const auto status = statuses_.find(page);
    if (status != statuses_.end()) return Response{status->second, "", connection_, sent, now_};
    return Response{200, bodies_[page], connection_, sent, now_};
  }

  void restart(int ok, int uptime) {
    ++connection_;
    bodies_["/stats"] = stats(ok, 0);
    bodies_["/server_info"] = server_info(uptime);
    bodies_["/clusters"] = clusters(ok);
  }

  std::unique_ptr<Conversation> conversation_ = [] {
    Target target;
    target.admin = Address{"127.0.0.1", 9901, ""};
    return find_dialect("envoy")->open(target, Config{});
  }();
  Instant now_ = Instant{} + std::chrono::seconds(100'000);
  std::uint64_t connection_ = 1;
  bool closes_every_time_ = false;
  std::function<void(const std::string&)> on_question_;
  std::map<std::string, std::string> bodies_{{"/stats", stats(19, 2)},
                                             {"/server_info", server_info(5000)},
                                             {"/clusters", clusters(21)},
                                             {"/certs", "{}"}};
  std::map<std::string, int> statuses_;
  std::map<std::string, Failure> failures_;
  std::vector<std::string> asked_;  // without their queries
  std::vector<Request> requests_;   // the same as they were
};

}  // namespace mesh
