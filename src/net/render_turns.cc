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
constexpr std::array<std::size_t, 3> most_waiting{
    limits::server_connections, limits::server_connections, limits::pages_waiting};

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
  if (state_ == State::rendering) turns_->rendering_ = false;
  turns_->next();
}

asio::awaitable<void> RenderTurns::Place::wait() {
  boost::system::error_code ignored;
  auto done = asio::redirect_error(asio::use_awaitable, ignored);
  while (state_ == State::waiting) {
    co_await woken_.async_wait(done);
    if (state_ == State::waiting) turns_->next();
  }
}

std::shared_ptr<AnswerInHand> RenderTurns::Place::hold(std::size_t bytes) const {
  return turns_->in_hand_->hold(kind_, bytes, [turns = turns_] { turns->next(); });
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
  next_of(RenderKind::scrape);
  next_of(RenderKind::plain_scrape);
  // From a scrape that waits for room a page could only take it away.
  if (line(RenderKind::plain_scrape).empty()) next_of(RenderKind::page);
}

void RenderTurns::next_of(RenderKind kind) {
  std::list<Place*>& all = line(kind);
  while (!rendering_ && !all.empty()) {
    Place* const place = all.front();
    Place::State state = place->look() ? Place::State::left : Place::State::rendering;
    if (state == Place::State::rendering && !in_hand_->make_room(kind)) {
      const auto chance = in_hand_->next_chance(kind);
      if (kind != RenderKind::page && chance) {
        place->woken_.expires_at(*chance);
        return;
      }
      state = Place::State::no_room;
    }
    all.pop_front();
    rendering_ = state == Place::State::rendering;
    place->wake(state);
  }
}

}  // namespace mesh
