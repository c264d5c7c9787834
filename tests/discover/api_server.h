// An API server that plays a script over plain HTTP.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "model/server_access.h"
#include "support/fake_admin.h"

namespace mesh::testing {

inline Habit pod_list(const std::string& items, const std::string& version) {
  return habits::chunked_page(R"({"kind":"PodList","metadata":{"resourceVersion":")" + version +
                              R"("},"items":[)" + items + "]}");
}

// Each question gets the next habit; behind the last one nothing is answered any more.
class ApiServer {
 public:
  explicit ApiServer(std::vector<Habit> script) : script_(std::move(script)) {
    server_.on_everything([this](FakePeer& peer) { next()(peer); });
  }

  FakeAdmin& server() { return server_; }

 private:
  Habit next() {
    const std::lock_guard lock(mutex_);
    return at_ < script_.size() ? script_[at_++] : Habit(habits::never_answer);
  }

  std::mutex mutex_;
  std::vector<Habit> script_;
  std::size_t at_ = 0;
  FakeAdmin server_;  // last: its threads use the others
};

}  // namespace mesh::testing
