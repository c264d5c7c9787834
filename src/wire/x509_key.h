// What kind of key a certificate is about and how it was signed, told from its bytes alone: reading
// thousands of certificates should not decode thousands of keys.
#pragma once

#include <openssl/types.h>

#include <string>

#include "model/certificate.h"

namespace mesh {

// Sets algorithm and bits; leaves them where they cannot be told.
void read_key(X509* x509, Certificate& into);

// "sha256"; "" if there is none (Ed25519) or it cannot be told.
std::string read_signature_digest(const X509* x509);

}  // namespace mesh
