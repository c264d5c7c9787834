// Differences between the first look of the window and the last; see connection_spread.h.
#include "compute/connection_spread.h"

#include <algorithm>

#include "base/limits.h"
#include "compute/growth.h"

namespace mesh {

void ConnectionSpreadBook::enter(const ServerConnections& look, Instant at) {
  if (look.process != process_) forget();
  process_ = look.process;
  last_ = Look{at, look.connections};
  std::ranges::sort(last_->connections, {}, &ConnectionCalls::id);
  const Duration step = window_ / static_cast<int>(limits::window_checkpoints);
  if (checkpoints_.empty() || at - checkpoints_.back().at >= step) checkpoints_.push_back(*last_);
  while (checkpoints_.size() > 1 && at - checkpoints_.front().at > window_ + slack_) {
    checkpoints_.pop_front();
  }
}

void ConnectionSpreadBook::forget() {
  checkpoints_.clear();
  last_.reset();
}

std::optional<ConnectionSpread> ConnectionSpreadBook::spread() const {
  if (!last_) return std::nullopt;
  const Look& first = checkpoints_.front();
  ConnectionSpread spread;
  spread.open = last_->connections.size();
  spread.window_seconds = seconds(last_->at - first.at);
  if (spread.window_seconds <= 0) return spread;
  for (const ConnectionCalls& now : last_->connections) {
    const auto it = std::ranges::lower_bound(first.connections, now.id, {}, &ConnectionCalls::id);
    const bool was_open = it != first.connections.end() && it->id == now.id;
    const std::uint64_t calls = growth(was_open ? it->calls : 0, now.calls);
    spread.calls += calls;
    spread.used += calls > 0 ? 1 : 0;
    spread.busiest = std::max(spread.busiest, calls);
  }
  return spread;
}

}  // namespace mesh
