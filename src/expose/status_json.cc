// Counts of what the other answers tell in full; see status_json.h.
#include "expose/status_json.h"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <optional>

#include "base/rfc3339.h"
#include "expose/diagnosis.h"
#include "expose/readiness.h"

namespace mesh {
namespace {

namespace json = boost::json;

json::value date_or_null(const std::optional<WallTime>& t) {
  if (!t) return nullptr;
  return json::value(to_rfc3339(std::chrono::floor<std::chrono::seconds>(*t)));
}

json::object build_of(const BuildInfo& build) {
  return {{"version", build.version},
          {"revision", build.revision},
          {"compiler", build.compiler},
          {"kind", build.kind},
          {"platform", build.platform}};
}

json::object found_of(const Diagnosis& diagnosis) {
  json::object counts;
  for (const Severity severity : {Severity::critical, Severity::warning, Severity::info}) {
    const std::string_view word = to_string(severity);
    counts[word] = std::ranges::count(diagnosis.found, word, &Diagnosed::severity);
  }
  return counts;
}

}  // namespace

std::string status_json(const Page& page) {
  const Snapshot& snapshot = page.snapshot;
  const bool looked = snapshot.pass.passes > 0;
  json::object all;
  all["api_version"] = 1;
  all["build"] = build_of(page.options.build);
  all["started"] = date_or_null(page.options.started);
  all["now"] = date_or_null(page.self.now);
  all["ready"] = readiness(snapshot).ready;
  all["config"] =
      json::object{{"last_reload_successful", page.options.config.successful()},
                   {"last_reload_success", date_or_null(page.options.config.last_success)}};
  all["targets"] = json::object{{"all", snapshot.targets.size()}, {"up", targets_up(snapshot)}};
  all["findings"] = found_of(diagnose(page, {}));
  all["passes"] = snapshot.pass.passes;
  all["last_pass_seconds"] = looked ? json::value(snapshot.pass.total) : json::value(nullptr);
  all["snapshot_age_seconds"] =
      looked ? json::value(seconds(page.self.now - snapshot.at)) : json::value(nullptr);
  return json::serialize(all) + "\n";
}

}  // namespace mesh
