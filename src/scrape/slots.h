// Slots: at most so many at once. Who takes one waits until there is one, and gives it back on
// every way out.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <memory>

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
  void give_back() {
    taken_.try_receive([](boost::system::error_code) {});
  }

 private:
  boost::asio::experimental::channel<void(boost::system::error_code)> taken_;
};

// A slot that was taken.
struct Slot {
  std::shared_ptr<Slots> slots;
  ~Slot() { slots->give_back(); }
};

}  // namespace mesh
