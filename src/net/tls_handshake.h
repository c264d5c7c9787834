// One TLS handshake with a server, to read the certificates that it shows.
//
// A server sends its chain before it needs anything of ours. Without a client certificate the
// client's last flight is therefore held back and the connection closed, so that nothing has failed
// on the server: it counts a connection that went away. No certificate is verified here, and old
// and weak servers are spoken to as they are: a chain that nobody should trust must be readable.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/failure.h"
#include "model/target.h"

namespace mesh {

struct TlsQuestion {
  Address address;
  std::string sni;                      // "": no name is sent
  std::vector<std::string> alpn;        // in the order of preference; none: nothing is offered
  std::string client_certificate_file;  // PEM, the leaf first; "": the last flight is held back
  std::string client_key_file;          // PEM, not encrypted
};

struct TlsAnswer {
  std::string version;             // "TLSv1.3"
  std::string cipher;              // "TLS_AES_256_GCM_SHA384", "ECDHE-RSA-AES128-GCM-SHA256"
  std::string alpn;                // "h2"; "" if the server chose none
  std::vector<std::string> chain;  // DER as the server sent it, its leaf first; never empty
  bool completed = false;          // to the end, with the client certificate
  // The server asks for a client certificate, and may or may not insist. By TLS 1.2 it says so
  // after its chain, which may then be too late to be heard.
  bool asks_for_certificate = false;
  Duration took{};  // from the connection to the chain, or to the end if completed
};

// Failures: those of dial; connect if the server closes, timeout, too_large; tls for everything
// that the protocol forbids, an alert of the server, a server that does not speak TLS, and a client
// certificate that cannot be read or is refused. Messages name the offending file, else neither
// target nor address: the caller knows them. The files are read at every call.
// REQUIRES: runs on one thread or a strand.
boost::asio::awaitable<Result<TlsAnswer, Failure>> tls_handshake(TlsQuestion question,
                                                                 Instant deadline);

}  // namespace mesh
