// A scripted target for tests of conversations that ask few questions: the test sets what each path
// answers, holds a poll, and sees what was asked at which door. Time moves by 15 s from poll to
// poll.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dialect/dialects.h"
#include "dialect/readings_of.h"

namespace mesh {

class ScriptedDoor {
 public:
  explicit ScriptedDoor(std::unique_ptr<Conversation> conversation)
      : conversation_(std::move(conversation)) {}

  // Paths are looked up without their query; one that nobody set answers 404.
  Step poll() {
    asked_.clear();
    Step step = conversation_->begin(now_);
    while (const auto* request = std::get_if<Request>(&step)) {
      asked_.push_back(*request);
      if (asked_.size() > 20) {
        ADD_FAILURE() << "endless conversation";
        break;
      }
      step = conversation_->hear(answer(request->path.substr(0, request->path.find('?'))));
    }
    now_ += std::chrono::seconds(15);
    wall_ += std::chrono::seconds(15);
    return step;
  }

  Readings readings() { return readings_of(poll()); }

  std::vector<std::string> asked() const {
    std::vector<std::string> paths;
    for (const Request& request : asked_) {
      const bool page = request.port == Request::Port::metrics;
      paths.push_back((page ? "page " : "") + request.path.substr(0, request.path.find('?')));
    }
    return paths;
  }

  std::map<std::string, std::string> bodies_;
  std::map<std::string, int> statuses_;
  std::map<std::string, Failure> failures_;
  std::vector<Request> asked_;
  Instant now_ = Instant{} + std::chrono::seconds(100'000);
  WallTime wall_ = WallTime{} + std::chrono::seconds(1'800'000'000);

 private:
  Answer answer(const std::string& path) const {
    if (const auto it = failures_.find(path); it != failures_.end()) return it->second;
    if (const auto it = statuses_.find(path); it != statuses_.end()) {
      return Response{it->second, "no", 1, now_, now_, wall_};
    }
    const auto it = bodies_.find(path);
    if (it == bodies_.end()) return Response{404, "", 1, now_, now_, wall_};
    return Response{200, it->second, 1, now_, now_, wall_};
  }

  std::unique_ptr<Conversation> conversation_;
};

}  // namespace mesh
