// Slots: at most so many at once. Who takes one waits until there is one, and gives it back on
// every way out.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.h"

namespace mesh {

// A channel that is full when all slots are taken. Lives on one thread.
class Slots {
 public:
  Slots(const boost::asio::any_io_executor& executor, int count)
      : taken_(executor, static_cast<std::size_t>(count)) {}

  boost::asio::awaitable<void> take() {
    boost::system::error_code ok;
    co_await taken_.async_send(ok, boost::asio::use_awaitable);
  }
  // Likewise, unless it takes too long: false, and none is taken.
  boost::asio::awaitable<bool> take_before(Instant latest) {
    boost::system::error_code ok, error;
    if (taken_.try_send(ok)) co_return true;
    End end(taken_.get_executor(), latest);
    auto done = boost::asio::redirect_error(boost::asio::use_awaitable, error);
    auto until_then = boost::asio::bind_cancellation_slot((*end.signal)->slot(), done);
    co_await taken_.async_send(ok, until_then);
    co_return !error;
  }
  void give_back() {
    taken_.try_receive([](boost::system::error_code) {});
  }

 private:
  // While it lives: cancels what waits in its slot, at an instant.
  struct End {
    using Signal = std::optional<boost::asio::cancellation_signal>;

    End(const boost::asio::any_io_executor& executor, Instant at)
        : signal(std::make_shared<Signal>(std::in_place)), timer(executor, at) {
      timer.async_wait([signal = signal](boost::system::error_code cancelled) {
        if (!cancelled && *signal) (*signal)->emit(boost::asio::cancellation_type::terminal);
      });
    }
    ~End() { signal->reset(); }
    End(const End&) = delete;
    End& operator=(const End&) = delete;

    std::shared_ptr<Signal> signal;  // nothing is left in it when nobody waits any more
    boost::asio::steady_timer timer;
  };

  boost::asio::experimental::channel<void(boost::system::error_code)> taken_;
};

// A slot that was taken.
struct Slot {
  std::shared_ptr<Slots> slots;
  ~Slot() { slots->give_back(); }
};

}  // namespace mesh
