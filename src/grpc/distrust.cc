// A handshake, and the verdict of wire/x509_verify; see distrust.h.
#include "grpc/distrust.h"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <string_view>
#include <vector>

#include "base/host_port.h"
#include "base/quoted.h"
#include "grpc/failures.h"
#include "grpc/pem_files.h"
#include "wire/served_chain.h"
#include "wire/x509.h"
#include "wire/x509_verify.h"

namespace mesh {
namespace {

namespace asio = boost::asio;

constexpr std::string_view with_an_alert = "answered with the TLS alert";  // net/tls_client.cc

// As the library calls it where it is told no other name.
std::string host_of(const Address& address) {
  return address.is_unix() ? "localhost" : address.host;
}

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

// What a certificate must have: a name or an address, or an identity.
std::string asked_for(const GrpcServer& server) {
  if (!server.tls->spiffe_id.empty()) return server.tls->spiffe_id;
  if (!server.tls->server_name.empty()) return server.tls->server_name;
  return host_of(server.address);
}

// "\"users\" was asked for, and it is for \"users.shop\""; "" where that is not found out by then.
asio::awaitable<std::string> for_whom(GrpcServer server, Instant deadline) {
  constexpr std::size_t most = 3;
  const TlsQuestion question = tls_question(server);
  const Result<TlsAnswer, Failure> answer = co_await tls_handshake(question, deadline);
  if (!answer) co_return "";
  const Result<Certificate> leaf = parse_x509(answer->chain.front());
  if (!leaf) co_return "";
  std::string words = in_quotes(asked_for(server)) + " was asked for, and it ";
  words += leaf->sans.empty() ? "has no name" : "is for ";
  for (std::size_t i = 0; i < std::min(leaf->sans.size(), most); ++i) {
    words.append(i > 0 ? ", " : "").append(in_quotes(leaf->sans[i].text));
  }
  if (leaf->sans.size() > most) {
    words.append(" and ").append(std::to_string(leaf->sans.size() - most)).append(" more");
  }
  co_return words;
}

// "\"CN=users\" has expired"; "" where that is not found out by then. Of whom there is no ca_file
// the dates are looked at, and else the issuer is told.
asio::awaitable<std::string> why_not_trusted(GrpcServer server, Instant deadline) {
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

// Of a server that closes the connection over TLS; "" if neither the alert with which it refused
// our certificate is found out nor that it asks for one.
asio::awaitable<std::string> why_not_admitted(GrpcServer server, Instant deadline) {
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

// Of a server that closes the connection, or speaks HTTP/1, in plain text; "" if it does not speak
// TLS. One that does says so at once; one of HTTP/1 may wait for the end of a line.
asio::awaitable<std::string> why_not_in_plain_text(GrpcServer server, Instant deadline) {
  constexpr std::chrono::seconds long_enough{1};
  const TlsQuestion question = tls_question(server);
  const Instant latest = std::min<Instant>(deadline, Instant::clock::now() + long_enough);
  const Result<TlsAnswer, Failure> answer = co_await tls_handshake(question, latest);
  const bool speaks = answer || answer.error().message.starts_with(with_an_alert);
  co_return speaks ? "it speaks TLS, and was asked in plain text" : "";
}

}  // namespace

TlsQuestion tls_question(const GrpcServer& server) {
  TlsQuestion question;
  question.address = server.address;
  if (server.tls) question.sni = server.tls->server_name;
  const std::string host = host_of(server.address);
  if (question.sni.empty() && !is_ip_address(host)) question.sni = host;
  question.alpn = {"h2"};
  return question;
}

asio::awaitable<std::optional<Failure>> found_out(GrpcServer server, Failure failure,
                                                  Instant deadline) {
  std::string why;
  std::string_view between = "; ";
  if (failure.message == not_trusted) {
    between = ": ";
    why = co_await why_not_trusted(server, deadline);
  } else if (failure.message == another_name || failure.message == another_identity) {
    between = ": ";
    why = co_await for_whom(server, deadline);
  } else if (server.tls && is_closed(failure)) {
    why = co_await why_not_admitted(server, deadline);
  } else if (!server.tls && (is_closed(failure) || failure.message == no_http2)) {
    why = co_await why_not_in_plain_text(server, deadline);
  }
  if (why.empty()) co_return std::nullopt;
  co_return Failure{Reason::tls, failure.message.append(between).append(why)};
}

}  // namespace mesh
