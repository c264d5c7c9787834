// What was rendered and has not been taken yet: how many bytes there are, and who lets them lie.
// Where they leave no room for another answer, whoever takes his the slowest is cut off, so that
// nobody's leisure holds off Prometheus.
//
// All on one thread, that of the server's executor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/limits.h"
#include "net/http_server.h"

namespace mesh {

// In the order in which they come first: a crowd of pages holds a scrape up by one page at most. A
// plain scrape is one that is not compressed, thirty times as large.
enum class RenderKind : std::uint8_t { scrape, plain_scrape, page };

class AnswersInHand : public std::enable_shared_from_this<AnswersInHand> {
 public:
  // Who is being answered is left in peace for so long.
  explicit AnswersInHand(Duration yield = limits::server_yield) : yield_(yield) {}

  // So many bytes are in hand from now on, less what is said to be taken, for as long as this
  // lives; then `over` is called.
  std::shared_ptr<AnswerInHand> hold(RenderKind kind, std::size_t bytes,
                                     std::function<void()> over);

  // Whether one more may be rendered, without anybody's being cut off.
  bool has_room(RenderKind asking) const {
    const Room& room = room_of(asking);
    return room.bytes < room.most;
  }

  // Cuts off as many as need be, the slowest first, of those who have had their time; for a page no
  // scrape. Whether there is room now.
  bool make_room(RenderKind asking);

  // When the next one will have had his time, of those whose room it would be; nothing if all have.
  std::optional<Instant> next_chance(RenderKind asking) const;

 private:
  class Held;
  // What is in hand of those who share their room.
  struct Room {
    std::list<Held*> all;
    std::size_t bytes = 0;
    std::size_t most = 0;
  };
  Room& room_of(RenderKind kind) { return kind == RenderKind::scrape ? packed_ : plain_; }
  const Room& room_of(RenderKind kind) const {
    return kind == RenderKind::scrape ? packed_ : plain_;
  }
  void complain(const Room& room);

  const Duration yield_;
  Room packed_{{}, 0, limits::scrape_bytes_in_hand};
  Room plain_{{}, 0, limits::answer_bytes_in_hand};
  Instant next_complaint_{};
};

}  // namespace mesh
