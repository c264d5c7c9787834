// ztunnel's /config_dump, as far as it tells of certificates (istio/ztunnel, src/admin.rs):
//
//   {"certificates": [{"identity": "spiffe://…", "state": "Available",
//                      "certChain": [{"serialNumber": "2716…", "validFrom": "2026-11-23T21:06:49Z",
//                                     "expirationTime": "…", "pem": "…"}, …],
//                      "rootCerts": […]}, …],
//    "config": …, "policies": …, "services": …, "workloads": …}
//
// An entry per identity; the leaf comes first in its chain. `pem` is the whole certificate, PEM in
// base64: what stands in it counts, and the other fields where it cannot be read (they are what
// recordings keep). Serial numbers are decimal. The rest is
// what ztunnel knows of the whole mesh, tens of megabytes in a large one: it is passed over without
// being taken apart, and what stands behind the certificates is not looked at. Releases that
// spelled these fields with underscores, where `ca_cert` held the leaf, are not read. A piece that
// is no JSON is lost alone. Never throws, never logs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/certificate_look.h"

namespace mesh {

struct ZtunnelCertificates {
  // By identity, in the order of the body, those without a certificate left out. The name of a leaf
  // without PEM is its identity; CAs without are named by nothing but the list they stand in,
  // "certChain" or "rootCerts", which is the path of all.
  std::vector<HeldTogether> held;
  // Certificates skipped, neither PEM nor a readable expirationTime; names, lists and identities
  // that are none.
  std::uint64_t unreadable = 0;
  std::string unreadable_sample;
};

// An error if the body is no JSON object as far as it is looked at, if it has no array
// `certificates`, or if that is longer than limits::ztunnel_certificates_bytes.
Result<ZtunnelCertificates> parse_ztunnel_config_dump(std::string_view body);

// "2716" as lower-case hexadecimal of whole bytes, "0a9c"; "" if it is no decimal number of at most
// 60 digits (a serial number has at most 20 bytes).
std::string hex_of_decimal(std::string_view digits);

}  // namespace mesh
