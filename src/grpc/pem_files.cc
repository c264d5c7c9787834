// Whole files; what is in them is the TLS library's to judge, which does not say which was wrong.
#include "grpc/pem_files.h"

#include <optional>
#include <string_view>

#include "base/limits.h"
#include "base/regular_file.h"

namespace mesh {
namespace {

// Nothing, or why it cannot be used. `label` is in the first line of the block that must be there.
std::optional<Failure> read(const std::string& path, std::string_view label, std::string& text) {
  if (path.empty()) return std::nullopt;
  const auto cannot = [&](const std::string& why) {
    return Failure{Reason::tls, "cannot use " + path + ": " + why};
  };
  Result<std::string> bytes = read_regular_file(path, limits::certificate_file_bytes);
  if (!bytes) return cannot(bytes.error().message);
  if (bytes->find(label) == std::string::npos) return cannot("there is no " + std::string(label));
  text = std::move(*bytes);
  return std::nullopt;
}

}  // namespace

Result<PemFiles, Failure> read_pem_files(const GrpcTls& tls) {
  PemFiles files;
  auto wrong = read(tls.ca_file, "BEGIN CERTIFICATE", files.roots);
  if (!wrong) wrong = read(tls.client_certificate_file, "BEGIN CERTIFICATE", files.certificate);
  if (!wrong) wrong = read(tls.client_key_file, "PRIVATE KEY", files.key);
  if (wrong) return *wrong;
  return files;
}

}  // namespace mesh
