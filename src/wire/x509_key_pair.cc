// OpenSSL reads; the words are ours. See x509_key_pair.h.
#include "wire/x509_key_pair.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>

#include "base/owned.h"

namespace mesh {
namespace {

using Memory = Owned<BIO, BIO_free_all>;
using Parsed = Owned<X509, X509_free>;

Memory memory_of(std::string_view text) {
  return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// A program without a terminal has nobody to ask. `into` is the bool that notes the question.
int note_that_it_is_encrypted(char*, int, int, void* into) {
  *static_cast<bool*>(into) = true;
  return -1;
}

}  // namespace

std::optional<std::string> wrong_with_certificates(std::string_view pem) {
  if (is_blank(pem)) return "it is empty";
  if (pem.find("BEGIN CERTIFICATE") == std::string_view::npos)
    return "there is no certificate in it";
  const Memory memory = memory_of(pem);
  ERR_clear_error();
  std::size_t read = 0;
  while (const Parsed one{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)}) ++read;
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (at_end && read > 0) return std::nullopt;
  return "its certificate " + std::to_string(read + 1) + " cannot be read";
}

std::optional<std::string> wrong_with_key(std::string_view pem, std::string_view certificates,
                                          std::string_view certificate_file) {
  if (is_blank(pem)) return "it is empty";
  if (pem.find("PRIVATE KEY") == std::string_view::npos) return "there is no private key in it";
  const Memory memory = memory_of(pem), beside = memory_of(certificates);
  bool encrypted = false;
  const Owned<EVP_PKEY, EVP_PKEY_free> key(
      PEM_read_bio_PrivateKey(memory.get(), nullptr, note_that_it_is_encrypted, &encrypted));
  const Parsed leaf(PEM_read_bio_X509(beside.get(), nullptr, nullptr, nullptr));
  const bool fits = key && leaf && X509_check_private_key(leaf.get(), key.get()) == 1;
  ERR_clear_error();
  if (encrypted) return "it is encrypted; expected a key without a passphrase";
  if (!key) return "its key cannot be read";
  if (fits) return std::nullopt;
  return std::string("it is not the key of the certificate in ").append(certificate_file);
}

}  // namespace mesh
