// Is this still the same process? The life of an Envoy, told from its uptime.
//
// /server_info says how long the process has run, in whole seconds. Each answer bounds the instant
// at which the process began; the proxy was restarted if that instant lies after our last good look
// at its predecessor. Comparing with that look, and not only with the previous bound, makes a step
// of the proxy's wall clock harmless: an old process never seems to have begun just now.
//
// One case stays open: a process younger than about two seconds at our last look, replaced by one
// that is just as young. Then the counters must tell (any that fell): `unsure`.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"

namespace mesh {

enum class ProcessVerdict { first_look, same, restarted, unsure };

class EnvoyProcess {
 public:
  // Enters one answer: `uptime` as told, between `sent` and `received`. `last_success` is when the
  // last answer of the process known so far was complete.
  ProcessVerdict look(std::chrono::seconds uptime, Instant sent, Instant received,
                      std::optional<Instant> last_success);

  // When it began, at the latest. Nothing before the first look.
  std::optional<Instant> started() const;

 private:
  struct Bounds {
    Instant earliest, latest;
  };
  std::optional<Bounds> began_;
};

}  // namespace mesh
