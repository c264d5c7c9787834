// Turns are given on the server's thread and not by the queue of the rendering one, because only
// there can be seen whether whoever asked is still connected.
#include "net/render_turns.h"

#include <algorithm>
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

// Of those who have shut their side, in each line: a crowd that has hung up costs so many answers.
constexpr std::size_t most_shut = 4;

}  // namespace

RenderTurns::Place::Place(std::shared_ptr<RenderTurns> turns, RenderKind kind,
                          std::function<Presence()> presence, const asio::any_io_executor& executor)
    : turns_(std::move(turns)),
      kind_(kind),
      presence_(std::move(presence)),
      woken_(executor, Instant::max()) {
  const std::size_t most = most_waiting[static_cast<std::size_t>(kind)];
  if (turns_->line(kind).size() >= most) turns_->let_the_left_go(kind, 0);
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

// The youngest are kept: whoever waits shortest is the likeliest to be there still.
void RenderTurns::let_the_left_go(RenderKind kind, std::size_t shut_to_keep) {
  std::list<Place*>& all = line(kind);
  std::size_t shut = 0;
  for (auto at = all.end(); at != all.begin();) {
    Place* const place = *--at;
    const Presence now = place->look();
    if (now == Presence::here) continue;
    if (now == Presence::shut && ++shut <= shut_to_keep) continue;
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

// REQUIRES: not empty.
std::list<RenderTurns::Place*>::iterator RenderTurns::foremost(std::list<Place*>& all) {
  const auto here =
      std::ranges::find_if(all, [](const Place* one) { return one->look() == Presence::here; });
  return here == all.end() ? all.begin() : here;
}

void RenderTurns::next_of(RenderKind kind) {
  std::list<Place*>& all = line(kind);
  if (!rendering_) let_the_left_go(kind, most_shut);
  while (!rendering_ && !all.empty()) {
    const auto at = foremost(all);
    Place* const place = *at;
    const bool here = place->look() == Presence::here;
    Place::State state = Place::State::rendering;
    if (here ? !in_hand_->make_room(kind) : !in_hand_->has_room(kind)) {
      const auto chance = in_hand_->next_chance(kind);
      if (here && kind != RenderKind::page && chance) {
        place->woken_.expires_at(*chance);
        return;
      }
      state = Place::State::no_room;
    }
    all.erase(at);
    rendering_ = state == Place::State::rendering;
    place->wake(state);
  }
}

}  // namespace mesh
