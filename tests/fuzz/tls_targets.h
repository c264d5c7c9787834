// The fuzz targets of what a TLS server sends us: the whole of its side of a handshake, and the
// message with its chain.
//
// The client draws the same random numbers each time, so that the recorded answer to one handshake
// is the answer to every other: the seeds are what `openssl s_server` 3.0 once sent to this client.
#pragma once

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "fuzz/promise.h"
#include "net/tls_chain.h"
#include "net/tls_client.h"

namespace mesh::fuzz {

// OpenSSL 3 calls this way of giving it random numbers old; its new one takes a provider.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
class SameRandomNumbers {
 public:
  SameRandomNumbers() : before_(RAND_get_rand_method()) {
    next = 0;
    RAND_set_rand_method(&method);
  }
  ~SameRandomNumbers() { RAND_set_rand_method(before_); }
  SameRandomNumbers(const SameRandomNumbers&) = delete;
  SameRandomNumbers& operator=(const SameRandomNumbers&) = delete;

  static std::uint32_t drawn() { return next; }

 private:
  static int draw(unsigned char* into, int bytes) {
    std::generate_n(into, bytes, [] { return static_cast<unsigned char>(next++ * 167 + 13); });
    return 1;
  }
  static inline std::uint32_t next = 0;
  static inline RAND_METHOD method{nullptr, draw, nullptr, nullptr, draw, nullptr};
  const RAND_METHOD* before_;
};
#pragma GCC diagnostic pop

inline TlsQuestion fuzzed_question() {
  TlsQuestion question;
  question.sni = "users.mesh.test";
  question.alpn = {"h2"};
  return question;
}

inline void promise_words(const Failure& failure) {
  promise(!failure.message.empty() && failure.message.size() < 500, "a failure has words");
  for (const unsigned char c : failure.message) {
    promise(c >= 0x20 && c != 0x7F, "the words are one line");
  }
}

// What came of a handshake with a server that sends just this and closes.
inline std::string handshake_in_pieces(std::string_view input, std::size_t piece) {
  using Progress = TlsClient::Progress;
  const SameRandomNumbers same;
  auto client = TlsClient::start(fuzzed_question());
  promise(client.ok(), "a handshake begins");
  promise(!client->take_output().empty(), "the client begins");
  Progress progress = Progress::more;
  for (std::size_t at = 0; progress == Progress::more && at < input.size(); at += piece) {
    progress = client->arrived(input.substr(at, piece));
    const std::string output = client->take_output();
    promise(progress == Progress::more || output.empty(), "nothing is sent after the end");
  }
  if (progress == Progress::more) progress = client->ended();
  promise(progress != Progress::more, "the end is the end");
  if (progress == Progress::broken) {
    promise_words(client->failure());
    return std::string(to_string(client->failure().reason));
  }
  const TlsAnswer answer = client->answer();
  promise(!answer.chain.empty() && answer.chain.size() <= limits::tls_chain_certificates,
          "a chain has certificates, and not too many");
  promise(!answer.completed, "a handshake without a client certificate is not completed");
  std::string outcome = answer.version + ' ' + answer.cipher + ' ' + answer.alpn;
  for (const std::string& der : answer.chain) outcome += '\n' + der;
  return outcome;
}

inline void tls_client(std::string_view input) {
  const std::string whole = handshake_in_pieces(input, input.size() + 1);
  promise(handshake_in_pieces(input, 7) == whole, "pieces do not show in the handshake");
}

// The first byte chooses the form.
inline void tls_chain(std::string_view input) {
  if (input.empty()) return;
  const auto form =
      input[0] % 2 == 0 ? CertificateMessageForm::up_to_tls12 : CertificateMessageForm::tls13;
  constexpr std::size_t most = 5;
  const auto chain = read_certificate_message(input.substr(1), form, most);
  if (!chain) {
    promise_words(chain.error());
    return;
  }
  promise(chain->size() <= most, "a chain is bounded");
  std::size_t bytes = 1;
  for (const std::string& der : *chain) bytes += der.size() + 3;
  promise(bytes <= input.size(), "a chain is made of its message");
}

inline constexpr std::array<Target, 2> tls_targets{{
    {"tls_client", tls_client},
    {"tls_chain", tls_chain},
}};

}  // namespace mesh::fuzz
