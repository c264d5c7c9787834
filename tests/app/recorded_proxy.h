// Plays a recorded Envoy (tests/fixtures/envoy): answers the questions of a conversation with the
// bodies that were recorded, as one process on one connection.
#pragma once

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "dialect/dialects.h"

namespace mesh::support {

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class RecordedProxy {
 public:
  // `folder` is below tests/fixtures/envoy, such as "1.40.0/client".
  explicit RecordedProxy(const std::string& folder)
      : folder_(std::string(MESH_TESTS_DIR "/fixtures/envoy/") + folder + "/") {}

  // One poll at `now`; every question takes a millisecond.
  Step poll(Conversation& conversation, Instant now) const {
    Step step = conversation.begin(now);
    while (const auto* request = std::get_if<Request>(&step)) {
      const std::string body = read_file(folder_ + file_for(request->path));
      const Instant sent = now;
      now += std::chrono::milliseconds(1);
      step = conversation.hear(Response{200, body, 1, sent, now});
    }
    return step;
  }

 private:
  static std::string file_for(const std::string& path) {
    if (path.starts_with("/stats/prometheus")) return "stats.prom";
    if (path.starts_with("/stats?")) return "stats_buckets.txt";
    if (path.starts_with("/clusters?format=json")) return "clusters.json";
    if (path.starts_with("/clusters")) return "clusters.txt";
    if (path == "/certs") return "certs.json";
    if (path.starts_with("/config_dump?resource=static_clusters")) return "config_clusters.json";
    if (path.starts_with("/config_dump?resource=static_listeners")) return "config_listeners.json";
    return "server_info.json";
  }

  std::string folder_;
};

}  // namespace mesh::support
