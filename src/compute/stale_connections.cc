// Counting what is left of each generation; the formula is told in stale_connections.h.
#include "compute/stale_connections.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace mesh {
namespace {

// Certificates replaced one after the other while connections of the first are still there. With
// leaves that are renewed at half-life, two are enough to see the first one expire.
constexpr std::size_t generations_kept = 8;

// Opened to stay: those whose handshake failed were never under any certificate, and are closed.
std::uint64_t settled(const TlsConnections& scope) {
  return scope.opened - std::min(scope.opened, scope.failed);
}

// Connections that made a handshake; at least so many, where a port takes plain ones, too.
std::uint64_t secured(const TlsConnections& scope) {
  const std::uint64_t plain = settled(scope) - std::min(settled(scope), scope.handshakes);
  return scope.active - std::min(scope.active, plain);
}

}  // namespace

std::optional<std::chrono::sys_seconds> last_end(const CertificatePlace* place) {
  std::optional<std::chrono::sys_seconds> last;
  if (!place) return last;
  for (const KnownCertificate& known : place->known) {
    if (known.in_use.role != CertificateRole::leaf) continue;
    last = std::max(last.value_or(known.in_use.not_after), known.in_use.not_after);
    for (const Certificate& one : known.beside) last = std::max(*last, one.not_after);
  }
  return last;
}

void StaleConnections::enter(const TlsReading& tls, std::uint64_t incarnation,
                             const CertificateLook* look, const std::vector<Rotation>& rotations) {
  if (incarnation != incarnation_) {
    incarnation_ = incarnation;
    generations_.clear();
    last_poll_.clear();
    last_look_.clear();
  }
  drop_what_began_again(tls);
  now_ = tls;
  if (look && !rotations.empty()) {
    Generation replaced{look->prompted ? last_poll_ : last_look_,
                        rotations.front().replaced_not_after};
    for (const Rotation& one : rotations) {
      // Which of them a connection was made under is not told: the one that lasts longest accuses
      // nobody wrongly.
      replaced.expires = std::max(replaced.expires, one.replaced_not_after);
    }
    generations_.push_back(std::move(replaced));
    if (generations_.size() > generations_kept) generations_.pop_front();
  }

  last_poll_.clear();
  for (const TlsConnections& scope : tls.connections) {
    last_poll_.emplace(scope.source,
                       Numbers{scope.opened, settled(scope), scope.active, secured(scope)});
  }
  if (look) last_look_ = last_poll_;
}

// A cluster that was replaced counts from zero: its connections are new.
void StaleConnections::drop_what_began_again(const TlsReading& tls) {
  std::map<std::string_view, std::uint64_t> opened;
  for (const TlsConnections& scope : tls.connections) opened.emplace(scope.source, scope.opened);
  const auto began_again = [&](const auto& one) {
    const auto it = opened.find(one.first);
    return it == opened.end() || it->second < one.second.opened;
  };
  std::vector<std::string> gone;
  for (const auto& one : last_poll_) {
    if (began_again(one)) gone.push_back(one.first);
  }
  for (const std::string& scope : gone) {
    last_poll_.erase(scope);
    last_look_.erase(scope);
    for (Generation& generation : generations_) generation.before.erase(scope);
  }
}

std::uint64_t StaleConnections::left_of(const Generation& generation,
                                        const TlsConnections& now) const {
  const auto it = generation.before.find(now.source);
  if (it == generation.before.end()) return 0;
  const Numbers& then = it->second;
  const std::uint64_t settled_now = settled(now);
  const std::uint64_t ever = then.active + (settled_now - std::min(settled_now, then.settled));
  const std::uint64_t closed = ever - std::min(ever, now.active);
  return then.secured - std::min(then.secured, closed);
}

std::vector<StaleCount> StaleConnections::counts(
    std::chrono::sys_seconds now, std::string_view identity,
    std::optional<std::chrono::sys_seconds> last_end) const {
  std::map<std::tuple<Direction, std::string_view, std::string_view>, StaleCount> sums;
  for (const TlsConnections& scope : now_.connections) {
    StaleCount& sum = sums[{scope.direction, scope.upstream, scope.subset}];
    sum.direction = scope.direction;
    sum.upstream = scope.upstream;
    sum.subset = scope.subset;
    sum.identity = identity;
    // Who is older than an older one is older than the newest, too.
    if (!generations_.empty()) sum.connections += left_of(generations_.back(), scope);
    std::uint64_t expired = last_end && *last_end <= now ? secured(scope) : 0;
    for (const Generation& generation : generations_) {
      if (generation.expires <= now) expired = std::max(expired, left_of(generation, scope));
    }
    sum.expired += expired;
  }
  std::vector<StaleCount> counts;
  counts.reserve(sums.size());
  for (auto& [key, sum] : sums) counts.push_back(std::move(sum));
  return counts;
}

}  // namespace mesh
