// Whether a certificate is for the name that a client expects: a SPIFFE trust domain, a SPIFFE ID,
// a DNS name or an address.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <string_view>

#include "model/certificate.h"

namespace mesh {

// "" if it is, else what it is instead. `certificate` is what x509 says, in plain words; "" expects
// nothing. The common name is no name of a server: no client looks there any more.
std::string unlike_name(X509* x509, const Certificate& certificate, std::string_view expected);

}  // namespace mesh
