// Two places of one target, held against each other; the rules are in served_and_reported.h.
#include "compute/served_and_reported.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "compute/same_certificate.h"

namespace mesh {
namespace {

bool has_one_leaf(const CertificatePlace& place) {
  return std::ranges::count_if(place.known, [](const KnownCertificate& known) {
           return known.in_use.role == CertificateRole::leaf;
         }) == 1;
}

bool is_settled(const CertificatePlace& served, const KnownCertificate& one,
                const CertificatePlace& reported, const KnownCertificate& other,
                Duration interval) {
  const WallTime believed =
      std::max(one.since, other.since) + std::chrono::duration_cast<WallTime::duration>(interval);
  return served.seen >= believed && reported.seen >= believed;
}

bool may_be_compared(const Certificate& served, const Certificate& reported, bool only_leaves) {
  const bool leaf = reported.role == CertificateRole::leaf;
  if (served.role == CertificateRole::root) return false;  // nobody needs it to be served
  if ((served.role == CertificateRole::leaf) != leaf) return false;
  return (leaf && only_leaves) || identity_of(served) == identity_of(reported);
}

class Comparer {
 public:
  Comparer(const std::shared_ptr<const TlsEndpointState>& port, Duration interval,
           std::vector<ServedAndReported>& into)
      : port_(port), interval_(interval), into_(into) {}

  void compare(const KnownCertificate& served, const CertificatePlace& reported) {
    const bool only_leaves = reported.source == CertificateSource::proxy &&
                             has_one_leaf(reported) && has_one_leaf(*port_->certificates);
    for (const KnownCertificate& other : reported.known) {
      if (!may_be_compared(served.in_use, other.in_use, only_leaves)) continue;
      if (!is_settled(*port_->certificates, served, reported, other, interval_)) continue;
      const auto same = [&](const Certificate& one) {
        return is_same_certificate(served.in_use, one);
      };
      ServedAndReported both{port_, reported.source, served.in_use, other.in_use, false, false};
      both.differs = !same(other.in_use) && std::ranges::none_of(other.beside, same);
      both.replaced = both.differs && std::ranges::any_of(other.draining, same);
      // Every authority of a bundle is trusted, the older ones as well.
      if (served.in_use.role != CertificateRole::leaf && both.replaced) both.differs = false;
      into_.push_back(std::move(both));
    }
  }

 private:
  const std::shared_ptr<const TlsEndpointState>& port_;
  Duration interval_;
  std::vector<ServedAndReported>& into_;
};

}  // namespace

std::vector<ServedAndReported> served_and_reported(const Snapshot& snapshot) {
  std::map<std::string, const TargetState*> targets;
  for (const auto& state : snapshot.targets) targets.emplace(target_id(state->target), state.get());
  std::vector<ServedAndReported> all;
  for (const auto& port : snapshot.tls_endpoints) {
    if (port->whose.pod.empty() || !port->certificates) continue;
    const auto target = targets.find(target_id(port->whose));
    if (target == targets.end()) continue;
    Comparer comparer(port, snapshot.certificates_interval, all);
    for (const KnownCertificate& served : port->certificates->known) {
      for (const auto& place : target->second->certificates) comparer.compare(served, *place);
    }
  }
  return all;
}

}  // namespace mesh
