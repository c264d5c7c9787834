// RFC 5246, 7.4.2: a list of certificates. RFC 8446, 4.4.2: a context before the list, and
// extensions behind each certificate. Every list has its length in front.
#include "net/tls_chain.h"

#include <optional>

namespace mesh {
namespace {

// Takes what a length of so many bytes announces off the front of `rest`.
std::optional<std::string_view> take(std::string_view& rest, std::size_t length_bytes) {
  if (rest.size() < length_bytes) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    length = length << 8 | static_cast<unsigned char>(rest[i]);
  }
  rest.remove_prefix(length_bytes);
  if (rest.size() < length) return std::nullopt;
  const std::string_view taken = rest.substr(0, length);
  rest.remove_prefix(length);
  return taken;
}

Failure malformed() { return {Reason::tls, "a Certificate message whose lengths do not fit"}; }

}  // namespace

Result<std::vector<std::string>, Failure> read_certificate_message(std::string_view body,
                                                                   CertificateMessageForm form,
                                                                   std::size_t most) {
  const bool tls13 = form == CertificateMessageForm::tls13;
  if (tls13 && !take(body, 1)) return malformed();
  std::optional<std::string_view> list = take(body, 3);
  if (!list || !body.empty()) return malformed();
  std::vector<std::string> chain;
  while (!list->empty()) {
    const auto certificate = take(*list, 3);
    if (!certificate || (tls13 && !take(*list, 2))) return malformed();
    if (chain.size() == most) {
      return Failure{Reason::too_large, "more than " + std::to_string(most) + " certificates"};
    }
    chain.emplace_back(*certificate);
  }
  return chain;
}

}  // namespace mesh
