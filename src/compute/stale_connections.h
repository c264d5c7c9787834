// How many connections are still talking under a certificate that was replaced.
//
// Connections outlive the certificate they were made with, and nothing a proxy shows tells which
// are which. But its counters give a lower bound: of the A0 connections that were active when the
// certificate was replaced, at most as many are gone as were closed since, and those are the opened
// less the growth of the active: (T − T0) − (A − A0). If every closed one was an old one, there are
//
//   max(0, A0 − ((T − T0) − (A − A0)))
//
// left. Where plain connections are mixed in (a port that takes both), A0 is reduced by all that
// ever came without completing a handshake. Those whose handshake failed are not counted as opened:
// in the outage that all this is about they come by the hundred. The numbers of the rotation are
// those of the last poll that surely preceded it, so that a connection under the new certificate is
// never counted.
//
// A certificate that expires in its place replaces nothing: once all leaves in use have expired,
// all connections are under one of those.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compute/certificate_book.h"
#include "model/certificate_look.h"
#include "model/known_certificate.h"

namespace mesh {

// When the last of the leaves in use there ends; nothing if there is none.
std::optional<std::chrono::sys_seconds> last_end(const CertificatePlace* place);

// One per target. Not thread-safe.
class StaleConnections {
 public:
  // Once a poll, with what it showed and, if the certificates were looked at, what was rotated
  // since the last look.
  void enter(const TlsReading& tls, std::uint64_t incarnation, const CertificateLook* look,
             const std::vector<Rotation>& rotations);

  // Per direction, upstream and subset: all that speak TLS, those without any at zero. `identity`:
  // whose certificate they are under, where that can be told. `last_end`: of the leaves in use.
  std::vector<StaleCount> counts(std::chrono::sys_seconds now, std::string_view identity,
                                 std::optional<std::chrono::sys_seconds> last_end = {}) const;

 private:
  struct Numbers {
    std::uint64_t opened = 0, settled = 0, active = 0, secured = 0;  // secured: at least
  };
  using ByScope = std::map<std::string, Numbers, std::less<>>;  // by TlsConnections::source
  struct Generation {
    ByScope before;                      // the last numbers before it was replaced
    std::chrono::sys_seconds expires{};  // of the one that was replaced
  };

  std::uint64_t left_of(const Generation& generation, const TlsConnections& now) const;
  void drop_what_began_again(const TlsReading& tls);

  std::uint64_t incarnation_ = 0;
  TlsReading now_;
  ByScope last_poll_, last_look_;
  std::deque<Generation> generations_;  // the newest last
};

}  // namespace mesh
