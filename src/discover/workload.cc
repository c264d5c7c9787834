// By the names alone: whose a ReplicaSet or Job is stands in an object that is not watched.
#include "discover/workload.h"

#include <algorithm>
#include <string_view>

namespace mesh {
namespace {

// The CronJob controller appends the minute since 1970 for which it made the Job: these are those
// of 2015 to 2065. A date such as 20261126 would be one of 2008 and is part of a name.
bool is_cron_suffix(std::string_view digits) {
  return digits.size() == 8 && digits >= "23668000" && digits <= "50000000" &&
         std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string workload_of(const Pod& pod) {
  std::string_view name = pod.owner_name;
  if (name.empty()) return pod.name;
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::string(name);
  const std::string_view suffix = name.substr(dash + 1);
  const bool is_hash = pod.owner_kind == "ReplicaSet" && !suffix.empty() &&
                       suffix == text_of(pod.labels, "pod-template-hash");
  const bool is_minute = pod.owner_kind == "Job" && is_cron_suffix(suffix);
  return std::string(is_hash || is_minute ? name.substr(0, dash) : name);
}

}  // namespace mesh
