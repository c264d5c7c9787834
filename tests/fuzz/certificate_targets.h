// Fuzz targets for files of certificates and for the dump in which ztunnel lists its own: what
// holds of any bytes, and that the way in which a file is cut into chunks does not show.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/text.h"
#include "fuzz/promise.h"
#include "wire/certificate_file.h"
#include "wire/kube_object.h"
#include "wire/kube_secret.h"
#include "wire/pem.h"
#include "wire/ztunnel_config_dump.h"

namespace mesh::fuzz {

inline Result<CertificateFile> read_in_chunks(std::string_view input, std::size_t bytes) {
  CertificateFileReader reader("secret");
  for (std::size_t at = 0; at < input.size(); at += bytes) reader.feed(input.substr(at, bytes));
  return reader.finish();
}

inline void certificate_file(std::string_view input) {
  const auto whole = read_in_chunks(input, input.size() + 1);
  const auto pieces = read_in_chunks(input, 7);
  promise(whole.ok() == pieces.ok(), "chunks do not show");
  if (!whole) {
    promise(whole.error().message == pieces.error().message, "chunks do not show in the error");
    promise(!whole.error().message.empty(), "an error has words");
    return;
  }
  promise(*whole == *pieces, "chunks do not show in what was read");
  promise((whole->unreadable > 0) == !whole->unreadable_sample.empty(), "a sample is of something");
  for (const char c : whole->unreadable_sample) {
    promise(c >= 0x20 && c <= 0x7E, "a sample is printable");
  }
  for (const Certificate& it : whole->certificates) {
    promise(it.fingerprint_sha256.size() == 64, "a certificate has a fingerprint");
  }
}

inline void der_element(std::string_view input) {
  promise(input.starts_with(first_der_element(input)), "an element is the beginning of its bytes");
}

inline void kube_secret(std::string_view input) {
  const auto secret = KubeReader<KubeSecret>().read(input);
  if (!secret) {
    promise(!secret.error().message.empty(), "an error has words");
    return;
  }
  promise(!secret->ns.empty() && !secret->name.empty(), "a Secret has a name");
  promise((secret->unreadable > 0) == !secret->unreadable_sample.empty(), "a sample is of one");
  for (const char c : secret->unreadable_sample) {
    promise(c >= 0x20 && c <= 0x7E, "a sample is printable");
  }
  for (const HeldTogether& key : secret->held) {
    promise(!key.empty(), "a key without certificates is not kept");
    promise(key.size() <= limits::certificates_per_place, "certificates are bounded");
  }
}

inline void ztunnel_config_dump(std::string_view input) {
  const Result<ZtunnelCertificates> dump = parse_ztunnel_config_dump(input);
  if (!dump) {
    promise(!dump.error().message.empty(), "an error has words");
    return;
  }
  promise((dump->unreadable > 0) == !dump->unreadable_sample.empty(), "a sample is of something");
  for (const HeldTogether& held : dump->held) {
    promise(!held.empty(), "an identity without certificates is left out");
    for (const Certificate& one : held) {
      promise(one.serial.size() % 2 == 0, "a serial is whole bytes");
      promise(!one.path.empty(), "a certificate has a name");
    }
  }
}

inline constexpr std::array<Target, 4> certificate_targets{{
    {"certificate_file", certificate_file},
    {"der_element", der_element},
    {"kube_secret", kube_secret},
    {"ztunnel_config_dump", ztunnel_config_dump},
}};

}  // namespace mesh::fuzz
