// A handshake, and the verdict of wire/x509_verify; see distrust.h.
#include "grpc/distrust.h"

#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <string_view>
#include <vector>

#include "base/host_port.h"
#include "base/quoted.h"
#include "grpc/pem_files.h"
#include "wire/served_chain.h"
#include "wire/x509_verify.h"

namespace mesh {
namespace {

// By what the certificates say themselves: the bundle of the system is the library's business.
std::string by_themselves(const std::vector<std::string>& chain, WallTime now) {
  const ServedChain served = read_served_chain(chain);
  for (const Certificate& one : served.certificates) {
    const std::string who =
        in_quotes(one.subject.empty() ? identity_of(one) : std::string_view(one.subject));
    if (one.not_after <= now) return who + " has expired";
    if (one.not_before > now) return who + " is not valid yet";
  }
  if (served.certificates.empty()) return served.unreadable_sample;
  const Certificate& last = served.certificates.back();
  return "its issuer, " + in_quotes(last.issuer) + ", is none that this system trusts";
}

}  // namespace

TlsQuestion tls_question(const GrpcServer& server) {
  TlsQuestion question;
  question.address = server.address;
  if (server.tls) question.sni = server.tls->server_name;
  const std::string host = server.address.is_unix() ? "localhost" : server.address.host;
  if (question.sni.empty() && !is_ip_address(host)) question.sni = host;
  question.alpn = {"h2"};
  return question;
}

boost::asio::awaitable<std::string> why_not_trusted(GrpcServer server, Instant deadline) {
  const TlsQuestion question = tls_question(server);
  const Result<TlsAnswer, Failure> answer = co_await tls_handshake(question, deadline);
  if (!answer) co_return "";
  const WallTime now = std::chrono::system_clock::now();
  const Result<PemFiles, TlsFileFault> files = read_pem_files(*server.tls);
  if (!files) co_return "";
  if (files->roots.empty()) co_return by_themselves(answer->chain, now);
  const Result<TrustBundle> bundle = TrustBundle::read(files->roots);
  if (!bundle) co_return "";
  const Verdict verdict = verify_chain(answer->chain, *bundle, "", now, Purpose::server);
  if (verdict.reason != Unverified::unknown_issuer) co_return verdict.words;
  const ServedChain served = read_served_chain(answer->chain);
  if (verdict.depth >= served.certificates.size()) co_return verdict.words;
  const Certificate& offender = served.certificates[verdict.depth];
  if (offender.subject != offender.issuer) co_return verdict.words;
  co_return in_quotes(offender.subject) + " is its own issuer, and no authority of ours";
}

boost::asio::awaitable<std::string> why_not_admitted(GrpcServer server, Instant deadline) {
  TlsQuestion question = tls_question(server);
  question.client_certificate_file = server.tls->client_certificate_file;
  question.client_key_file = server.tls->client_key_file;
  const Result<TlsAnswer, Failure> answer = co_await tls_handshake(question, deadline);
  if (!answer) {
    const std::string& words = answer.error().message;
    co_return answer.error().reason == Reason::tls ? "the server " + words : std::string();
  }
  if (!answer->asks_for_certificate) co_return "";
  const bool has_none = question.client_certificate_file.empty();
  if (has_none) co_return "the server asks for a client certificate, and there is none";
  // gRPC's own servers refuse one by closing the connection, without an alert.
  co_return "the server asks for a client certificate, and may not trust ours";
}

}  // namespace mesh
