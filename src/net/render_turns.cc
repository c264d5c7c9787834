// Turns are given on the server's thread and not by the queue of the rendering one, because only
// there can be seen whether whoever asked is still connected.
#include "net/render_turns.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/clock.h"

namespace mesh {
namespace {

namespace asio = boost::asio;

// Scrapes that wait are limited by --web.max-requests; this is for those who lifted that.
constexpr std::array<std::size_t, 2> most_waiting{limits::server_connections,
                                                  limits::pages_waiting};

}  // namespace

RenderTurns::Place::Place(std::shared_ptr<RenderTurns> turns, RenderKind kind,
                          std::function<bool()> gone, const asio::any_io_executor& executor)
    : turns_(std::move(turns)),
      kind_(kind),
      gone_(std::move(gone)),
      woken_(executor, Instant::max()) {
  const std::size_t most = most_waiting[static_cast<std::size_t>(kind)];
  if (turns_->line(kind).size() >= most) turns_->let_the_left_go(kind);
  if (turns_->line(kind).size() >= most) {
    state_ = State::refused;
    return;
  }
  turns_->line(kind).push_back(this);
  turns_->next();
}

RenderTurns::Place::~Place() {
  if (state_ == State::waiting) turns_->line(kind_).remove(this);
  if (state_ != State::rendering) return;
  turns_->rendering_ = false;
  turns_->next();
}

asio::awaitable<void> RenderTurns::Place::wait() {
  boost::system::error_code ignored;
  auto done = asio::redirect_error(asio::use_awaitable, ignored);
  while (state_ == State::waiting) co_await woken_.async_wait(done);
}

// REQUIRES: it is in no line any more.
void RenderTurns::Place::wake(State state) {
  state_ = state;
  woken_.cancel();
}

bool RenderTurns::Place::look() { return gone_ && gone_(); }

void RenderTurns::let_the_left_go(RenderKind kind) {
  std::list<Place*>& all = line(kind);
  for (auto at = all.begin(); at != all.end();) {
    Place* const place = *at;
    if (!place->look()) {
      ++at;
      continue;
    }
    at = all.erase(at);
    place->wake(Place::State::left);
  }
}

void RenderTurns::next() {
  for (std::list<Place*>& all : lines_) {
    while (!rendering_ && !all.empty()) {
      Place* const place = all.front();
      all.pop_front();
      const bool left = place->look();
      rendering_ = !left;
      place->wake(left ? Place::State::left : Place::State::rendering);
    }
  }
}

std::shared_ptr<const void> RenderTurns::hold(std::size_t bytes) {
  in_hand_ += bytes;
  const auto let_go = [turns = shared_from_this(), bytes](const void*) {
    turns->in_hand_ -= bytes;
  };
  return {nullptr, let_go};
}

}  // namespace mesh
