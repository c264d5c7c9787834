// Certificates and the time of the sample page (sample_page.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "model/known_certificate.h"

namespace mesh::sample {

inline WallTime at(std::int64_t unix_milliseconds) {
  return WallTime(std::chrono::milliseconds(unix_milliseconds));
}

// A leaf that was renewed at half of its day, the one it replaced, and the root of both.
inline std::shared_ptr<const CertificatePlace> certificates() {
  using std::chrono::sys_seconds, std::chrono::seconds;
  KnownCertificate leaf;
  leaf.in_use.not_before = sys_seconds(seconds(1'759'990'000));
  leaf.in_use.not_after = sys_seconds(seconds(1'760'076'400));
  leaf.in_use.serial = "0b";
  leaf.in_use.sans = {{SubjectAltName::Kind::uri, "spiffe://cluster.local/ns/shop/sa/frontend"}};
  leaf.draining = {leaf.in_use};
  leaf.draining[0].not_before = sys_seconds(seconds(1'759'946'800));
  leaf.draining[0].not_after = sys_seconds(seconds(1'760'033'200));
  leaf.draining[0].serial = "0a";
  leaf.rotations = 1;
  leaf.last_rotation = sys_seconds(seconds(1'759'990'015));
  leaf.rotation_point = 0.5;
  leaf.due = sys_seconds(seconds(1'760'041'846));
  KnownCertificate root;
  root.in_use.role = CertificateRole::root;
  root.in_use.not_before = sys_seconds(seconds(1'600'000'000));
  root.in_use.not_after = sys_seconds(seconds(1'759'999'999));  // expired, and shown
  root.in_use.serial = "01";
  root.in_use.subject = root.in_use.issuer = "O=cluster.local";
  root.in_use.subject_common_name = "Root CA";
  root.in_use.key_algorithm = KeyAlgorithm::rsa;
  root.in_use.key_bits = 4096;
  root.in_use.fingerprint_sha256 = std::string(64, 'a');
  CertificatePlace place{CertificateSource::admin, "", at(1'760'000'000'250), {leaf, root}, 3,
                         {{1, "cluster.local"}}};
  return std::make_shared<const CertificatePlace>(std::move(place));
}

}  // namespace mesh::sample
