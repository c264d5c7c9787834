// Whether what stands in PEM files is of use to a TLS client: certificates that can be read, and a
// key that is the certificate's. In words that may follow the file's name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mesh {

// Nothing if there are certificates, and each can be read: "it is empty", "its certificate 2 cannot
// be read".
std::optional<std::string> wrong_with_certificates(std::string_view pem);

// Nothing if there is a key that can be read without a passphrase, and belongs to the first
// certificate. REQUIRES: nothing is wrong with the certificates. `certificate_file` is what they
// are called in the words.
std::optional<std::string> wrong_with_key(std::string_view pem, std::string_view certificates,
                                          std::string_view certificate_file);

}  // namespace mesh
