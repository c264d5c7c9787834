// Something that happens once, and for which any number wait, each as long as it likes.
//
// Lives on one thread. Whoever waits must hold it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace mesh {

class OneForAll {
 public:
  explicit OneForAll(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  void happen() {
    happened_ = true;
    for (const std::weak_ptr<boost::asio::steady_timer>& one : waiting_) {
      if (const auto timer = one.lock()) timer->cancel();
    }
    waiting_.clear();
  }

  // False: it had not happened by then.
  boost::asio::awaitable<bool> wait_for_it(Instant latest) {
    if (happened_) co_return true;
    const auto timer = std::make_shared<boost::asio::steady_timer>(executor_, latest);
    std::erase_if(waiting_, [](const auto& one) { return one.expired(); });
    waiting_.push_back(timer);
    boost::system::error_code cancelled;
    auto either = boost::asio::redirect_error(boost::asio::use_awaitable, cancelled);
    co_await timer->async_wait(either);
    co_return happened_;
  }

 private:
  boost::asio::any_io_executor executor_;
  bool happened_ = false;
  std::vector<std::weak_ptr<boost::asio::steady_timer>> waiting_;
};

}  // namespace mesh
