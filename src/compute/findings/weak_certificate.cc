// A certificate that works and should not be relied upon: a small key, an old signature, a leaf
// that lives for years.
#include <optional>
#include <string_view>

#include "compute/findings/all.h"
#include "compute/findings/by_status.h"

namespace mesh {
namespace {

// CA/Browser Forum, from 2020-09 on; meshes live far below.
constexpr std::chrono::days longest_leaf{398};

struct Weakness {
  std::string words;
  std::optional<Evidence> number;
  std::string_view remedy;
};

std::optional<Weakness> weakness_of(const Certificate& one) {
  if (one.key_algorithm == KeyAlgorithm::rsa && one.key_bits < 2048 && one.key_bits > 0) {
    return Weakness{"has an RSA key of " + std::to_string(one.key_bits) + " bits",
                    Evidence{"key_bits", static_cast<double>(one.key_bits), Unit::count},
                    "have it issued anew with an ECDSA P-256 key, or RSA of 2048 bits or more"};
  }
  // A root is trusted for its key: nobody looks at its signature.
  const bool signed_by_another = one.role != CertificateRole::root;
  if (signed_by_another && (one.signature_digest == "sha1" || one.signature_digest == "md5")) {
    return Weakness{"is signed with " + one.signature_digest, std::nullopt,
                    "let its issuer sign with SHA-256 and have it issued anew"};
  }
  if (one.role != CertificateRole::leaf || !one.not_before) return std::nullopt;
  const auto life = one.not_after - *one.not_before;
  if (life <= longest_leaf) return std::nullopt;
  return Weakness{"is valid for " + span_of(life.count()),
                  Evidence{"lifetime", static_cast<double>(life.count()), Unit::seconds},
                  "have it issued for a year at most, and renewed by a program"};
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_certificate_once(snapshot, [&](const Target& whose, const std::string& where,
                                      const CertificatePlace&, const KnownCertificate& known) {
    const std::optional<Weakness> weakness = weakness_of(known.in_use);
    if (!weakness) return;
    const std::string name = name_of(known.in_use);
    Finding finding{"weak_certificate", Severity::info, whose, where, "", "", name, "", {}, "", {}};
    finding.cause = name + " " + weakness->words;
    if (weakness->number) finding.evidence.push_back(*weakness->number);
    finding.remedy = weakness->remedy;
    found.push_back(std::move(finding));
  });
}

}  // namespace

const FindingMaker weak_certificate{
    "weak_certificate",
    "An RSA key below 2048 bits, a signature with SHA-1 or MD5, or a leaf that lives longer than "
    "398 days.",
    Stated::at_once, find, Among::keys};

}  // namespace mesh
