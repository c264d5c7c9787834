// Whose turn it is to have an answer rendered, one at a time, and only while what was rendered
// before leaves room for it. What an answer costs is owed to nobody who has left, and nobody's
// leisure in taking his may cost the others their memory, or Prometheus its scrape.
//
// All on one thread, that of the server's executor. Whoever waits in a coroutine may be destroyed
// with his event loop, after whoever made this is gone: hence shared.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>

#include "net/answers_in_hand.h"

namespace mesh {

class RenderTurns : public std::enable_shared_from_this<RenderTurns> {
 public:
  // Held for as long as it waits and then renders; its end is the next one's turn.
  class Place {
   public:
    // `presence`: of whoever asked; null: he stays.
    Place(std::shared_ptr<RenderTurns> turns, RenderKind kind, std::function<Presence()> presence,
          const boost::asio::any_io_executor& executor);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // Until it is this one's turn, or its turn will never come: there were too many already
    // (refused), whoever asked has left, or too much is in hand. A page does not wait for that; a
    // scrape does until those who are slow have been cut off. Who has shut his side, and so may
    // have left, comes after those who have not, is one of a few, and has nobody cut off. Call
    // once.
    boost::asio::awaitable<void> wait();

    bool is_refused() const { return state_ == State::refused; }
    bool is_left() const { return state_ == State::left; }
    bool is_without_room() const { return state_ == State::no_room; }

    // What was rendered in this turn.
    std::shared_ptr<AnswerInHand> hold(std::size_t bytes) const;

   private:
    friend class RenderTurns;
    enum class State : std::uint8_t { waiting, rendering, refused, left, no_room };
    Presence look() const { return presence_ ? presence_() : Presence::here; }
    void wake(State state);

    const std::shared_ptr<RenderTurns> turns_;
    const RenderKind kind_;
    const std::function<Presence()> presence_;
    boost::asio::steady_timer woken_;
    State state_ = State::waiting;
  };

 private:
  std::list<Place*>& line(RenderKind kind) { return lines_[static_cast<std::size_t>(kind)]; }
  void let_the_left_go(RenderKind kind, std::size_t shut_to_keep);
  std::list<Place*>::iterator foremost(std::list<Place*>& all);
  void next();
  void next_of(RenderKind kind);

  std::array<std::list<Place*>, 3> lines_;  // who waits, first come first
  bool rendering_ = false;
  const std::shared_ptr<AnswersInHand> in_hand_ = std::make_shared<AnswersInHand>();
};

}  // namespace mesh
