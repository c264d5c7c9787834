// The agent's TLS handshake as a program, for tests against real servers:
//
//   tls_probe HOST:PORT SNI ALPN,ALPN CERTIFICATE KEY
//
// Words at the end may be left out, "" is none. Prints lines "version TLSv1.3", "cipher …",
// "alpn …", "completed 0", and "certificate" with the DER in hex for each of the chain; or
// "failure tls: why".
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include "base/host_port.h"
#include "net/tls_handshake.h"

namespace mesh {
namespace {

void print(const Result<TlsAnswer, Failure>& outcome) {
  if (!outcome) {
    std::printf("failure %s: %s\n", std::string(to_string(outcome.error().reason)).c_str(),
                outcome.error().message.c_str());
    return;
  }
  std::printf("version %s\ncipher %s\nalpn %s\ncompleted %d\n", outcome->version.c_str(),
              outcome->cipher.c_str(), outcome->alpn.c_str(), outcome->completed ? 1 : 0);
  for (const std::string& der : outcome->chain) {
    std::printf("certificate ");
    for (const char c : der) std::printf("%02x", static_cast<unsigned char>(c));
    std::printf("\n");
  }
}

boost::asio::awaitable<void> probe(TlsQuestion question) {
  const Instant deadline = Instant::clock::now() + std::chrono::seconds(10);
  const auto outcome = co_await tls_handshake(std::move(question), deadline);
  print(outcome);
}

int run(int count, char** words) {
  const auto word = [&](int i) { return std::string(i < count ? words[i] : ""); };
  const auto at = parse_host_port(word(1), 1);
  if (!at) {
    std::fprintf(stderr, "tls_probe: HOST:PORT %s\n", at.error().message.c_str());
    return 2;
  }
  TlsQuestion question;
  question.address.host = at->host;
  question.address.port = at->port;
  question.sni = word(2);
  std::string protocols = word(3);
  while (!protocols.empty()) {
    const auto comma = protocols.find(',');
    question.alpn.push_back(protocols.substr(0, comma));
    protocols = comma == protocols.npos ? "" : protocols.substr(comma + 1);
  }
  question.client_certificate_file = word(4);
  question.client_key_file = word(5);
  boost::asio::io_context io{1};
  boost::asio::co_spawn(io, probe(std::move(question)), boost::asio::detached);
  io.run();
  return 0;
}

}  // namespace
}  // namespace mesh

int main(int count, char** words) { return mesh::run(count, words); }
