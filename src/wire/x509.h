// One X.509 certificate in DER, as a TLS server sends it and a PEM file wraps it.
//
// Read by OpenSSL, without trust in a single byte: a certificate that lies about its lengths, has
// dates of no calendar or names with NUL bytes in them gives an error or a readable text, never a
// surprise. Nothing is verified here; an expired certificate reads like any other.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/certificate.h"

namespace mesh {

// Everything of Certificate but `path`. The role is that of the certificate on its own: a CA that
// issued itself is a root, any other CA an intermediate; whoever knows its place in a chain knows
// better (a leaf that is its own CA is still the leaf of its chain). Bytes of names that are not
// printable ASCII show as "\x00" in DNS names, URIs and mail addresses, which allow no others;
// subject, issuer and CN are UTF-8 in which what is not is_printable() shows so. What is longer
// than limits::certificate_name_bytes is cut and ends with "...". An error for what is no
// certificate, is longer than limits::certificate_bytes, has bytes behind it, or has no readable
// date.
Result<Certificate> parse_x509(std::string_view der);

}  // namespace mesh
