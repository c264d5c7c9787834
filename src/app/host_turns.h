// Who may ask a host now. Two questions are under way to a host, of which one at most is to who was
// not reached the last time, and a third one that comes from outside: what hangs makes the others
// late as little as what is asked for by strangers does. Strangers who ask for who was not reached
// the last time have one turn among those, so that no stranger waits for what hangs but who asks
// for it.
//
// A host is what has one name in addresses; of a Unix socket it is the socket, for nobody else is
// behind it. Lives on one thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/address.h"
#include "scrape/slots.h"

namespace mesh {

// The leave to ask, given back on every way out.
class Turn {
 public:
  Turn() = default;
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  friend class HostTurns;
  void give_back();
  std::vector<std::shared_ptr<Slots>> taken_;
};

class HostTurns {
 public:
  enum class Asker : std::uint8_t {
    usual,
    doubtful,  // of who was not reached the last time
    outside,   // of a scraper, of which there may be many
    outside_doubtful,
  };

  explicit HostTurns(const boost::asio::any_io_executor& executor);

  // Waits in turn, at most until then. False: it would have taken longer, and nothing is taken.
  // Both objects must outlive it.
  boost::asio::awaitable<bool> take(Asker asker, Instant latest, Turn& turn);

 private:
  std::vector<std::shared_ptr<Slots>> needed_by(Asker asker) const;

  std::shared_ptr<Slots> all_, doubtful_, outside_, outside_doubtful_;
};

// What has turns of its own: "users.shop", "unix:/run/users.sock".
std::string host_of(const Address& address);

}  // namespace mesh
