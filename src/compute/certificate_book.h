// The CertificateBook: from looks at one place to what is in use there, what is draining, and what
// was rotated when. The rules are told in docs/adr/0003-certificates.md:
//
//   - One entry per role, identity and key algorithm. The newest is in use (is_newer), the older
//     ones that are listed beside it are draining. Where the source does not tell the key, the
//     leaves that are held together with the newest are in use too (an RSA and an ECDSA one), and
//     the one that expires first makes the series.
//   - A rotation is a newer one in the place of the one in use, counted once however often the old
//     one goes on being listed. The first look counts none. An older one in its place (a rollback)
//     is shown and not counted.
//   - A leaf is overdue when it was seen past its mesh's rotation point plus slack
//     (rotation_points.h). Its life begins when it was seen to come into use; if that was not
//     seen, at not_before, where issuers backdate by up to two minutes (Istio does); if that is not
//     known either, when it was first seen, which finds it overdue late but never falsely.
//   - Where a source tells the time that is left (not_after_slack), every look gives another end.
//     Ends that lie no further apart than the slack, from one look to the next, are one
//     certificate's; of these the earliest is nearest the truth, for such ends err to the late side
//     only (the answer took its time, the gauge was set a while ago). So the end that is shown
//     never rises but by a rotation, and two clocks that slowly part make none.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/clock.h"
#include "model/certificate_look.h"
#include "model/known_certificate.h"
#include "model/target.h"

namespace mesh {

// What came into use in the place of what, at one look.
struct Rotation {
  std::string identity;
  std::chrono::sys_seconds replaced_not_after;  // of the one it replaced

  bool operator==(const Rotation&) const = default;
};

struct CertificateRules {
  std::string issued_by;                 // the mesh, or whoever is known to issue here
  std::optional<double> rotation_point;  // as configured
};

// Those of what belongs to this target.
inline CertificateRules certificate_rules(const Target& target) {
  return {target.issuer.empty() ? target.mesh : target.issuer, target.rotation_point};
}

// One per place. Not thread-safe.
class CertificateBook {
 public:
  CertificateBook(CertificateSource source, std::string location, CertificateRules rules);

  // Enters a look made at `at`; the rotations of leaves that it shows.
  std::vector<Rotation> enter(const CertificateLook& look, WallTime at);

  // As of the last look; null before the first.
  std::shared_ptr<const CertificatePlace> place() const { return place_; }

 private:
  using Key = std::tuple<CertificateRole, std::string_view, KeyAlgorithm>;
  using OwnedKey = std::tuple<CertificateRole, std::string, KeyAlgorithm>;
  struct InOrder {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return Key(a) < Key(b); }
  };
  struct Gone {
    KnownCertificate known;
    std::chrono::sys_seconds last_seen;
  };

  static Key key_of(const KnownCertificate& known);
  const KnownCertificate* last_of(const Key& key) const;
  void judge(KnownCertificate& known, std::chrono::sys_seconds now) const;
  void remember_absent(const CertificatePlace& next, std::chrono::sys_seconds now);

  CertificateSource source_;
  std::string location_;
  CertificateRules rules_;
  // The histories are in the place itself, but for those of identities that are not listed now.
  std::shared_ptr<const CertificatePlace> place_;
  std::map<OwnedKey, Gone, InOrder> gone_;
};

}  // namespace mesh
