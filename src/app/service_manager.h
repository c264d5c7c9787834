// What systemd wants to hear of a service of Type=notify (sd_notify(3)): that it serves, that it
// reads its configuration again, that it ends, and, if a WatchdogSec is set, that it still runs.
//
// The protocol is one datagram a word, so it is spoken here: libsystemd would bring five libraries
// along. Does nothing where $NOTIFY_SOCKET is not set.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace mesh {

class ServiceManager {
 public:
  // Takes $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID; children shall not see them. Call
  // before there are threads.
  ServiceManager();

  void ready() const;
  // REQUIRES: ready() again when it is over.
  void reloading() const;
  void stopping() const;

  // How often alive() must be said: half of what is allowed; 0: never.
  Duration watchdog() const { return watchdog_; }
  void alive() const;

 private:
  void tell(std::string_view words) const;

  std::string socket_;
  Duration watchdog_{};
};

// The sockets that systemd listens at in our place (sd_listen_fds(3)). Takes $LISTEN_FDS,
// $LISTEN_PID and $LISTEN_FDNAMES, so that a second call finds none. Call before there are threads
// that look at the environment. An error if there are none.
Result<std::vector<int>> take_passed_sockets();

}  // namespace mesh
