// The client's side of one TLS handshake without a socket: it is told the bytes that arrived and
// says which bytes to send. See tls_handshake.h for what it is good for.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/failure.h"
#include "net/tls_handshake.h"

namespace mesh {

class TlsClient {
 public:
  enum class Progress { more, done, broken };

  // With the client's first message as output(). An error for a client certificate that cannot be
  // used and for names that cannot be sent.
  static Result<TlsClient, Failure> start(const TlsQuestion& question);

  ~TlsClient();
  TlsClient(TlsClient&&) noexcept;
  TlsClient& operator=(TlsClient&&) noexcept;

  // What is to be sent now, once. Nothing after the end of a handshake that is held back, and
  // nothing of a broken one: an alert of ours would be counted as an error by the server.
  std::string take_output();

  // REQUIRES: some bytes; the last progress was `more`, or none, or the certificate is not taken.
  Progress arrived(std::string_view bytes);
  Progress ended();  // the server has closed

  // After `done` of a completed handshake: what is sent at its end; and whether the server is known
  // to have taken the client's certificate. If not, whatever arrives further tells: done or broken.
  bool is_taken() const;
  void say_goodbye();

  // REQUIRES: broken.
  const Failure& failure() const;
  // REQUIRES: the handshake was done. All but `took`.
  TlsAnswer answer() const;

 private:
  struct State;
  explicit TlsClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mesh
