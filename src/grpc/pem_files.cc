// Whole files, each judged as soon as it is read; see pem_files.h.
#include "grpc/pem_files.h"

#include <utility>

#include "base/limits.h"
#include "base/regular_file.h"
#include "wire/x509_key_pair.h"

namespace mesh {
namespace {

// What is in it, or why that is not known.
Result<std::string> text_of(const std::string& path) {
  return read_regular_file(path, limits::certificate_file_bytes);
}

// Nothing, or why it cannot be used.
std::optional<std::string> read_certificates(const std::string& path, std::string& text) {
  if (path.empty()) return std::nullopt;
  Result<std::string> bytes = text_of(path);
  if (!bytes) return bytes.error().message;
  text = std::move(*bytes);
  return wrong_with_certificates(text);
}

}  // namespace

Result<PemFiles, TlsFileFault> read_pem_files(const GrpcTls& tls) {
  PemFiles files;
  const std::string &shown = tls.client_certificate_file, &key = tls.client_key_file;
  if (auto why = read_certificates(tls.ca_file, files.roots)) {
    return TlsFileFault{"ca_file", tls.ca_file, std::move(*why)};
  }
  if (auto why = read_certificates(shown, files.certificate)) {
    return TlsFileFault{"client_certificate", shown, std::move(*why)};
  }
  if (key.empty()) return files;
  Result<std::string> bytes = text_of(key);
  if (!bytes) return TlsFileFault{"client_key", key, bytes.error().message};
  files.key = std::move(*bytes);
  if (auto why = wrong_with_key(files.key, files.certificate, shown)) {
    return TlsFileFault{"client_key", key, std::move(*why)};
  }
  return files;
}

std::optional<TlsFileFault> fault_in_files(const GrpcTls& tls) {
  const auto files = read_pem_files(tls);
  if (files) return std::nullopt;
  return files.error();
}

Failure failure_of(const TlsFileFault& fault) {
  return {Reason::not_asked, "cannot use " + fault.file + ": " + fault.why};
}

}  // namespace mesh
