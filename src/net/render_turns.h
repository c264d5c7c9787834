// Whose turn it is to have an answer rendered, one at a time, and how much of what was rendered has
// not been taken yet. What an answer costs is owed to nobody who has left, and nobody's leisure in
// taking his may cost the others their memory.
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

#include "base/limits.h"

namespace mesh {

// Scrapes come first: a crowd of pages holds a scrape up by one page at most.
enum class RenderKind : std::uint8_t { scrape, page };

class RenderTurns : public std::enable_shared_from_this<RenderTurns> {
 public:
  // Held for as long as it waits and then renders; its end is the next one's turn.
  class Place {
   public:
    // `gone`: whether whoever asked has left; null: he stays.
    Place(std::shared_ptr<RenderTurns> turns, RenderKind kind, std::function<bool()> gone,
          const boost::asio::any_io_executor& executor);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // Until it is this one's turn, or its turn will never come: there were too many already
    // (refused), or whoever asked has left. Call once.
    boost::asio::awaitable<void> wait();

    bool is_refused() const { return state_ == State::refused; }
    bool is_left() const { return state_ == State::left; }

   private:
    friend class RenderTurns;
    enum class State : std::uint8_t { waiting, rendering, refused, left };
    bool look();
    void wake(State state);

    const std::shared_ptr<RenderTurns> turns_;
    const RenderKind kind_;
    const std::function<bool()> gone_;
    boost::asio::steady_timer woken_;
    State state_ = State::waiting;
  };

  // Whether another answer may be rendered, for all that is in hand.
  bool has_room() const { return in_hand_ < limits::answer_bytes_in_hand; }

  // So many bytes are in hand for as long as this lives.
  std::shared_ptr<const void> hold(std::size_t bytes);

 private:
  std::list<Place*>& line(RenderKind kind) { return lines_[static_cast<std::size_t>(kind)]; }
  void let_the_left_go(RenderKind kind);
  void next();

  std::array<std::list<Place*>, 2> lines_;  // who waits, first come first
  bool rendering_ = false;
  std::size_t in_hand_ = 0;
};

}  // namespace mesh
