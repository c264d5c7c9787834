// Certificate: one X.509 certificate as some source shows it, in plain words.
//
// A sidecar's admin port, a TLS handshake, the mesh agent's metrics, a file and a Secret each show
// certificates, and each knows another part of the truth (docs/adr/0003-certificates.md). What a
// source cannot tell is empty here. Which of several is in use is compute's business.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace mesh {

enum class CertificateSource : std::uint8_t { admin, handshake, proxy, file, secret };
std::string_view to_string(CertificateSource source);

// By position and CA flag: the leaf comes first in a chain; a CA that issued itself is a root.
enum class CertificateRole : std::uint8_t { leaf, intermediate, root };
std::string_view to_string(CertificateRole role);

enum class KeyAlgorithm : std::uint8_t { unknown, rsa, ecdsa, ed25519 };
std::string_view to_string(KeyAlgorithm algorithm);  // "" if unknown

// One name that a certificate is valid for.
struct SubjectAltName {
  enum class Kind : std::uint8_t { uri, dns, ip, email };
  Kind kind = Kind::dns;
  std::string text;  // "spiffe://mesh.test/ns/shop/sa/users", "*.example.org", "::1"

  bool operator==(const SubjectAltName&) const = default;
};

struct Certificate {
  CertificateRole role = CertificateRole::leaf;
  // Whole seconds: certificates speak of the years 1950 and 9999, and nanoseconds end in 2262.
  std::optional<std::chrono::sys_seconds> not_before;  // proxies' own metrics know the end only
  std::chrono::sys_seconds not_after{};
  // Lower-case hex of whole bytes, the first not zero unless it is the only one: "07", "00", "-1f".
  // "" if not told. As `openssl x509 -serial` prints it, but for the case.
  std::string serial;
  std::string subject, issuer;       // RFC 2253: "CN=mesh root,O=example"
  std::string subject_common_name;   // the most specific CN of the subject
  std::vector<SubjectAltName> sans;  // in the order of the certificate
  std::string fingerprint_sha256;    // lower-case hex of the DER's digest
  KeyAlgorithm key_algorithm = KeyAlgorithm::unknown;
  std::string signature_digest;  // "sha256", "sha1"; "" if not told, or none (Ed25519 has none)
  std::uint32_t key_bits = 0;    // 0 if not told
  std::string path;              // where the source says it lies: a file, "<inline>"
  // not_after may be late by up to so much, and another look may give another: for sources that
  // tell the time that is left instead of the end. 0: it is exact.
  std::chrono::seconds not_after_slack{0};

  bool operator==(const Certificate&) const = default;
};

// The name that survives rotation: the SPIFFE ID, else the first DNS name, else the subject's CN,
// else the path. A SPIFFE ID is the first URI that begins with "spiffe://", in any case.
std::string_view identity_of(const Certificate& certificate);

// "mesh.test" of "spiffe://mesh.test/ns/shop"; "" if it is no SPIFFE ID.
std::string_view trust_domain_of(std::string_view identity);

// The order by which one of two certificates under one identity is in use: the later not_before,
// then the later not_after, then the serial, so that the order of a listing decides nothing.
bool is_newer(const Certificate& a, const Certificate& b);

// The share of its life that is left, from 0 to 1; nothing without a beginning before its end.
std::optional<double> life_left(const Certificate& certificate, WallTime now);

}  // namespace mesh
