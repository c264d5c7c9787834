// A gRPC server of which the test says what it answers: what a real one did, or messages made by
// hand. Time moves by 15 s from poll to poll.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialect/proxyless.h"
#include "dialect/readings_of.h"
#include "support/grpc_answers.h"

namespace mesh {

class RecordedGrpc {
 public:
  RecordedGrpc() = default;
  explicit RecordedGrpc(const std::string& fixture) { load(fixture); }

  // From now on it answers as this one did.
  void load(const std::string& fixture) {
    answers_.clear();
    for (const GrpcAnswer& one : grpc_answers(fixture)) answers_[{one.path, one.question}] = one;
  }

  Step poll() {
    asked_.clear();
    Step step = conversation_->begin(now_);
    while (const auto* request = std::get_if<Request>(&step)) {
      asked_.push_back(*request);
      ++in_all_;
      if (asked_.size() > 2'000) {
        ADD_FAILURE() << "endless conversation";
        break;
      }
      step = conversation_->hear(answer(*request));
    }
    now_ += std::chrono::seconds(15);
    return step;
  }

  Readings readings() { return readings_of(poll()); }

  // How often a path that ends so was asked in the last poll.
  long asked(std::string_view ending) const {
    return std::ranges::count_if(asked_, [&](const Request& one) {
      EXPECT_EQ(one.port, Request::Port::grpc);
      return one.path.ends_with(ending);
    });
  }

  // How often anything was asked since the beginning, the question being answered included.
  std::uint64_t asked_in_all() const { return in_all_; }

  // What it says otherwise, by the ending of a path: an answer, a status, a failure of the call.
  std::map<std::string, std::function<std::string(const Request&)>> says_;
  std::map<std::string, std::string_view> statuses_;
  std::map<std::string, Failure> failures_;
  std::uint64_t connection_ = 0;  // by which it is asked

 private:
  template <class Map>
  static auto find(const Map& map, const Request& request) {
    return std::ranges::find_if(map,
                                [&](const auto& one) { return request.path.ends_with(one.first); });
  }

  Response response(std::string_view code, std::string message) const {
    Response response;
    response.grpc_code = code;
    response.grpc_number = code == "other" ? 99 : 0;
    response.body = std::move(message);
    response.connection = connection_;
    response.sent = response.received = now_;
    return response;
  }

  Answer answer(const Request& request) const {
    if (const auto it = find(failures_, request); it != failures_.end()) return it->second;
    if (const auto it = find(statuses_, request); it != statuses_.end()) {
      return response(it->second, "");
    }
    if (const auto it = find(says_, request); it != says_.end()) {
      return response("OK", it->second(request));
    }
    const auto it = answers_.find({request.path, request.message});
    if (it == answers_.end()) return response("UNIMPLEMENTED", "");
    const bool ok = it->second.code == 0;
    return response(ok ? "OK" : "UNIMPLEMENTED", it->second.answer);
  }

  std::unique_ptr<Conversation> conversation_ = open_proxyless({}, {});
  std::map<std::pair<std::string, std::string>, GrpcAnswer> answers_;
  std::vector<Request> asked_;
  std::uint64_t in_all_ = 0;
  Instant now_ = Instant{} + std::chrono::seconds(100'000);
};

}  // namespace mesh
