// Bounds on the start of a process; see envoy_process.h.
#include "dialect/envoy_process.h"

#include <algorithm>

namespace mesh {
namespace {

// The proxy subtracts two wall-clock times that were each cut to whole seconds.
constexpr std::chrono::seconds uptime_error{1};

}  // namespace

ProcessVerdict EnvoyProcess::look(std::chrono::seconds uptime, Instant sent, Instant received,
                                  std::optional<Instant> last_success) {
  const Bounds now{sent - uptime - uptime_error, received - uptime + uptime_error};
  if (!began_) {
    began_ = now;
    return ProcessVerdict::first_look;
  }
  const bool may_be_new = !last_success || now.latest > *last_success;
  const bool overlap = now.earliest <= began_->latest && began_->earliest <= now.latest;
  if (may_be_new && !overlap) {
    began_ = now;
    return ProcessVerdict::restarted;
  }
  if (overlap) {
    began_ = {std::max(began_->earliest, now.earliest), std::min(began_->latest, now.latest)};
  }
  return may_be_new ? ProcessVerdict::unsure : ProcessVerdict::same;
}

std::optional<Instant> EnvoyProcess::started() const {
  if (!began_) return std::nullopt;
  return began_->latest;
}

}  // namespace mesh
