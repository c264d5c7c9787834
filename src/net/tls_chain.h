// The Certificate message of TLS, in which a server shows its chain. Read here and not by OpenSSL,
// because OpenSSL keeps what it could decode and encodes that anew: the bytes that were served, a
// certificate that is none included, are only in the message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/failure.h"

namespace mesh {

enum class CertificateMessageForm : std::uint8_t { up_to_tls12, tls13 };

// `body` is the message without its four bytes of type and length. The certificates in DER in their
// order; tls if the lengths do not fit each other, too_large if there are more than `most`.
Result<std::vector<std::string>, Failure> read_certificate_message(std::string_view body,
                                                                   CertificateMessageForm form,
                                                                   std::size_t most);

}  // namespace mesh
