// A certificate that works and should not be relied upon: a small key, an old signature, a leaf
// that lives for years.
#include "compute/findings/all.h"
#include "compute/findings/by_status.h"

namespace mesh {
namespace {

// CA/Browser Forum, from 2020-09 on; meshes live far below.
constexpr std::chrono::days longest_leaf{398};

std::string weakness_of(const Certificate& one) {
  if (one.key_algorithm == KeyAlgorithm::rsa && one.key_bits < 2048 && one.key_bits > 0) {
    return "has an RSA key of " + std::to_string(one.key_bits) + " bits";
  }
  // A root is trusted for its key: nobody looks at its signature.
  const bool signed_by_another = one.role != CertificateRole::root;
  if (signed_by_another && (one.signature_digest == "sha1" || one.signature_digest == "md5")) {
    return "is signed with " + one.signature_digest;
  }
  if (one.role == CertificateRole::leaf && one.not_before &&
      one.not_after - *one.not_before > longest_leaf) {
    return "is valid for " + span_of((one.not_after - *one.not_before).count());
  }
  return "";
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_certificate(snapshot, [&](const Target& whose, const std::string& where,
                                 const CertificatePlace&, const KnownCertificate& known) {
    std::string weakness = weakness_of(known.in_use);
    if (weakness.empty()) return;
    const std::string subject = name_of(known.in_use);
    found.push_back({"weak_certificate",
                     Severity::info,
                     whose,
                     where,
                     "",
                     "",
                     subject,
                     subject + " " + std::move(weakness),
                     {},
                     "",
                     {}});
  });
}

}  // namespace

const FindingMaker weak_certificate{
    "weak_certificate",
    "An RSA key below 2048 bits, a signature with SHA-1 or MD5, or a leaf that lives longer than "
    "398 days.",
    Stated::at_once, find, Among::keys};

}  // namespace mesh
