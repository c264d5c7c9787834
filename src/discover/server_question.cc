// Files are read for every question; see server_question.h.
#include "discover/server_question.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "base/base64.h"
#include "base/regular_file.h"

namespace mesh {
namespace {

// Files with roots, a certificate, a key or a token. Bundles of all public roots have 0.2 MB.
constexpr std::size_t credential_bytes = 1024 * 1024;

Result<std::string> text_of_file(const std::string& file, const std::string& otherwise) {
  if (file.empty()) return otherwise;
  Result<std::string> text = read_regular_file(file, credential_bytes);
  if (!text) return Error{file + ": " + text.error().message};
  return text;
}

}  // namespace

Result<StreamQuestion> question_to(const ServerAccess& access, std::string path, Instant deadline) {
  StreamQuestion question{access.address, std::move(path), "", std::nullopt, deadline};
  Result<std::string> token = text_of_file(access.token_file, access.token);
  if (!token) return token.error();
  while (token->ends_with('\n') || token->ends_with('\r')) token->pop_back();
  if (!token->empty()) question.authorization = "Bearer " + *token;
  if (!access.user.empty()) {
    question.authorization = "Basic " + to_base64(access.user + ":" + access.password);
  }
  if (!access.tls) return question;
  const Result<std::string> roots = text_of_file(access.ca_file, access.ca_pem);
  if (!roots) return roots.error();
  const auto certificate = text_of_file(access.certificate_file, access.certificate_pem);
  if (!certificate) return certificate.error();
  const Result<std::string> key = text_of_file(access.key_file, access.key_pem);
  if (!key) return key.error();
  const std::string& name = access.server_name.empty() ? access.address.host : access.server_name;
  question.tls = TlsIdentity{name, *roots, *certificate, *key, access.verified};
  return question;
}

}  // namespace mesh
