// A timer that nobody else holds, so nothing but the instant ends the wait; see wait_until.h.
#include "net/wait_until.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mesh {

namespace asio = boost::asio;

asio::awaitable<void> wait_until(asio::any_io_executor executor, Instant when) {
  asio::steady_timer timer(executor, when);
  boost::system::error_code cancelled;
  auto token = asio::redirect_error(asio::use_awaitable, cancelled);
  co_await timer.async_wait(token);
}

}  // namespace mesh
