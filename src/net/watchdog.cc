// A timer whose expiry may already be queued when it is cancelled: hence the rounds. An expiry of
// an earlier round is stale and must not close the socket of a later conversation.
#include "net/watchdog.h"

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <utility>

namespace mesh {

struct Watchdog::State {
  explicit State(const boost::asio::any_io_executor& executor) : timer(executor) {}

  boost::asio::steady_timer timer;
  std::function<void()> bite;
  std::uint64_t round = 0;
  bool bit = false;
};

Watchdog::Watchdog(const boost::asio::any_io_executor& executor)
    : state_(std::make_shared<State>(executor)) {}

Watchdog::~Watchdog() { disarm(); }

void Watchdog::arm(Instant when, std::function<void()> bite) {
  state_->bite = std::move(bite);
  state_->bit = false;
  state_->timer.expires_at(when);
  const std::weak_ptr<State> weak = state_;
  state_->timer.async_wait([weak, round = ++state_->round](boost::system::error_code error) {
    const auto state = weak.lock();
    if (error || !state || state->round != round) return;
    state->bit = true;
    const auto act = std::move(state->bite);
    act();
  });
}

void Watchdog::disarm() {
  ++state_->round;
  state_->bite = nullptr;
  state_->timer.cancel();
}

bool Watchdog::bit() const { return state_->bit; }

}  // namespace mesh
