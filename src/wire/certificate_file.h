// A file with certificates in it, whatever its form: PEM with any number of them, DER, PKCS#12, and
// kubeconfigs and manifests of Secrets that hold PEM in base64. The form is told by the bytes, not
// by the name. Read chunk by chunk, so that a private key in the same file is never held, but for
// PKCS#12, where it is held encrypted.
//
// Never throws, never logs, does no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/certificate.h"

namespace mesh {

struct CertificateFile {
  // In the order of the file, without `path`. Roles are those of parse_x509, but for what stands
  // behind the leaf that it issued: that is a CA, even an old one that does not say so.
  std::vector<Certificate> certificates;
  std::uint64_t private_keys = 0;  // passed over
  std::uint64_t unreadable = 0;    // certificates, or what calls itself one
  std::string unreadable_sample;   // the first of them: "line 41: bad base64"

  bool operator==(const CertificateFile&) const = default;
};

class CertificateFileReader {
 public:
  // The password is for PKCS#12; "" if there is none.
  explicit CertificateFileReader(std::string_view password);
  ~CertificateFileReader();
  CertificateFileReader(CertificateFileReader&&) noexcept;
  CertificateFileReader& operator=(CertificateFileReader&&) noexcept;

  // The next bytes of the file. The caller wipes its buffer, in which a key may be.
  void feed(std::string_view chunk);

  // Call once. A file with keys only or with nothing in it has no certificates; one in which no
  // certificate could be found otherwise is an error that says what it looks like.
  Result<CertificateFile> finish();

 private:
  class Reading;
  std::unique_ptr<Reading> reading_;
};

}  // namespace mesh
