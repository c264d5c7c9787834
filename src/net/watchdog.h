// A deadline over several operations of one conversation.
//
// Boost 1.81 can give a deadline to a Beast stream, but not to connecting and name lookup as well,
// so every conversation has a timer of its own: when it goes off it closes the socket, whatever was
// waiting there ends with an error, and `bit()` says why.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

#include "base/clock.h"

namespace mesh {

// Threads: only on the executor's, which must be one thread or a strand.
class Watchdog {
 public:
  explicit Watchdog(const boost::asio::any_io_executor& executor);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Calls `bite` once at `when`, unless armed again, disarmed or destroyed before. `bite` is never
  // called from within this call.
  void arm(Instant when, std::function<void()> bite);
  void disarm();

  // Whether it went off since it was last armed.
  bool bit() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace mesh
