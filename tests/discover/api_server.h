// An API server that plays a script over plain HTTP.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "model/server_access.h"
#include "support/fake_admin.h"

namespace mesh::support {

// `kind`: "PodList".
inline Habit list_of(const std::string& kind, const std::string& items,
                     const std::string& version) {
  return habits::chunked_page(R"({"kind":")" + kind + R"(","metadata":{"resourceVersion":")" +
                              version + R"("},"items":[)" + items + "]}");
}

inline Habit pod_list(const std::string& items, const std::string& version) {
  return list_of("PodList", items, version);
}

inline std::string event(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

// How the answer to a watch begins.
inline const std::string chunked = habits::head("200 OK", "Transfer-Encoding: chunked\r\n");

inline ServerAccess plain(const Address& address) {
  ServerAccess access;
  access.address = address;
  access.tls = false;
  return access;
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

}  // namespace mesh::support
