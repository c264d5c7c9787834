// How OpenSSL is set up to read the certificate of any server, however old or weak, and what it
// says when it fails, in words.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <string>

#include "base/owned.h"
#include "base/result.h"
#include "model/failure.h"
#include "net/tls_handshake.h"

namespace mesh {

// A client for one handshake: names, protocols and client certificate are set.
Result<Owned<SSL, SSL_free>, Failure> make_tls(const TlsQuestion& question);

// The last failure of OpenSSL on this thread.
struct TlsError {
  enum class Kind : std::uint8_t { alert, too_large, other };
  Kind kind = Kind::other;
  std::string words;  // "no application protocol" of an alert, "unsupported protocol" of ours
};

// The first of what OpenSSL noted on this thread, which is the cause; all is forgotten then.
TlsError take_tls_error();
void clear_tls_errors();

}  // namespace mesh
