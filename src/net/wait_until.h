// Waiting for an instant, as a coroutine.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/clock.h"

namespace mesh {

boost::asio::awaitable<void> wait_until(boost::asio::any_io_executor executor, Instant when);

}  // namespace mesh
