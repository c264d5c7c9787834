// The whole page that Prometheus reads of one target, and the golden one it is held against.
// MESH_REGENERATE=1 writes the golden pages anew, to be read before they are committed.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <string>
#include <variant>

#include "app/recorded_proxy.h"
#include "compute/assemble.h"
#include "compute/target_history.h"
#include "dialect/conversation.h"
#include "expose/metrics_page.h"

namespace mesh::support {

// After two polls, ten seconds apart, of the same state of a target.
inline std::string page_after_two_polls(const Target& target,
                                        const std::function<Step(Instant)>& poll) {
  using std::chrono::seconds;
  TargetHistory history(labelled(target), Config{});
  const Instant start = Instant{} + seconds(1'000'000);
  const WallTime wall = WallTime{} + seconds(1'800'000'000);
  for (const int second : {0, 10}) {
    const Instant now = start + seconds(second);
    const Step step = poll(now);
    if (const auto* failure = std::get_if<Failure>(&step)) return failure->message;
    history.record(std::get<Readings>(step),
                   {wall + seconds(second), now, std::chrono::milliseconds(3), 12'345});
  }
  Snapshot snapshot;
  snapshot.at = wall + seconds(10);
  snapshot.targets = {history.state(start + seconds(10), wall + seconds(10))};
  snapshot.folded = sum_folds({history.folded()});
  snapshot.pass = {0.003, 0.004, 2};
  SelfNumbers self;
  self.now = wall + seconds(11);
  PageOptions options;
  return render_metrics_page({snapshot, self, options}, Format::prometheus_text);
}

// `name` within tests/golden. What the build put into the page belongs to no recording.
inline void expect_golden(const std::string& page, const std::string& name) {
  const std::string shown =
      std::regex_replace(page, std::regex("\nmesh_exporter_build_info[^\n]*"), "");
  const std::string file = std::string(MESH_TESTS_DIR "/golden/") + name;
  if (std::getenv("MESH_REGENERATE")) {
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file, std::ios::binary) << shown;
  }
  EXPECT_EQ(shown, read_file(file));
}

}  // namespace mesh::support
