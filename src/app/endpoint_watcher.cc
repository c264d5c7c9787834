// One endless conversation per endpoint; see endpoint_watcher.h.
#include "app/endpoint_watcher.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "compute/endpoint_history.h"
#include "discover/static_list.h"
#include "net/tls_handshake.h"
#include "net/wait_until.h"
#include "scrape/slots.h"
#include "wire/served_chain.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using std::chrono::system_clock;

// An address has no name to ask for (RFC 6066, 3): then none is sent.
bool is_name(std::string_view host) {
  const bool v6 = host.find(':') != std::string_view::npos;
  return !v6 && host.find_first_not_of("0123456789.") != std::string_view::npos;
}

TlsQuestion question_of(const TlsPort& port) {
  TlsQuestion question;
  question.address = port.address;
  question.sni = port.sni;
  if (question.sni.empty() && is_name(port.address.host)) question.sni = port.address.host;
  question.alpn = port.alpn;
  return question;
}

void log_change(Change change, const TlsEndpointState& state) {
  if (change == Change::none) return;
  const std::string name = where_of(state), address = to_string(state.address);
  if (state.failure) {
    log(LogLevel::warn, "TLS endpoint is down",
        {{"endpoint", name},
         {"address", address},
         {"reason", to_string(state.failure->reason)},
         {"error", state.failure->message}});
  } else {
    log(LogLevel::info, "TLS endpoint is up", {{"endpoint", name}, {"address", address}});
  }
}

Handshake told_by(const TlsAnswer& answer, const ServedChain& chain) {
  Handshake handshake;
  handshake.unreadable = chain.unreadable;
  handshake.unreadable_sample = chain.unreadable_sample;
  handshake.version = answer.version;
  handshake.cipher = answer.cipher;
  handshake.alpn = answer.alpn;
  handshake.completed = answer.completed;
  return handshake;
}

}  // namespace

struct EndpointWatcher::Watched {
  Watched(Target whose, std::string name, TlsQuestion its_question, Duration stale_after)
      : question(std::move(its_question)),
        history(std::move(whose), std::move(name), question.address, stale_after) {}

  TlsQuestion question;
  EndpointHistory history;
  Duration offset{};  // its place in the interval
  bool looked = false;
};

EndpointWatcher::EndpointWatcher(asio::any_io_executor executor, const Config& config,
                                 std::shared_ptr<TrustStore> trust)
    : executor_(std::move(executor)),
      config_(config.certificates),
      trust_(std::move(trust)),
      slots_(std::make_shared<Slots>(executor_, config_.parallel)) {
  const Duration stale_after = config_.stale_after;
  for (const CertificateEndpoint& endpoint : config_.endpoints) {
    Target whose;
    whose.mesh = endpoint.mesh;
    whose.ns = endpoint.ns;
    whose.workload = endpoint.workload;
    whose.issuer = endpoint.issuer;
    whose.rotation_point = endpoint.rotation_point;
    TlsQuestion question = question_of(endpoint.port);
    question.client_certificate_file = endpoint.client_certificate_file;
    question.client_key_file = endpoint.client_key_file;
    watched_.push_back(std::make_unique<Watched>(std::move(whose), endpoint.name,
                                                 std::move(question), stale_after));
  }
  for (const Target& target : static_targets(config)) {
    if (!target.inbound) continue;
    watched_.push_back(std::make_unique<Watched>(target, std::string(inbound_port),
                                                 question_of(*target.inbound), stale_after));
  }
  std::size_t place = 0;
  for (const auto& watched : watched_) {
    watched->offset = config_.interval * place++ / watched_.size();
  }
}

EndpointWatcher::~EndpointWatcher() = default;

void EndpointWatcher::start() {
  for (const auto& watched : watched_) {
    const std::string name = where_of(*watched->history.state(steady_clock::now()));
    asio::co_spawn(executor_, watch(shared_from_this(), *watched),
                   [name](std::exception_ptr error) {
                     // Our own defect, never the endpoint's doing.
                     if (error) log(LogLevel::error, "watching broke off", {{"endpoint", name}});
                   });
  }
}

asio::awaitable<void> EndpointWatcher::watch(std::shared_ptr<EndpointWatcher> self,
                                             Watched& watched) {
  const Duration interval = self->config_.interval;
  const Instant started = steady_clock::now();
  co_await self->look(watched);
  watched.looked = true;
  Instant next = started + watched.offset;
  while (!self->stopping_) {
    const Instant now = steady_clock::now();
    do next += interval;
    while (next <= now);
    co_await wait_until(self->executor_, next);
    if (self->stopping_) co_return;
    co_await self->look(watched);
  }
}

asio::awaitable<void> EndpointWatcher::look(Watched& watched) {
  co_await slots_->take();
  const Slot slot{slots_};
  const Instant began = steady_clock::now();
  const Instant deadline = began + config_.timeout;
  const TlsQuestion& question = watched.question;
  Result<TlsAnswer, Failure> answer = co_await tls_handshake(question, deadline);
  const Instant ended = steady_clock::now();
  const PollCost cost{system_clock::now(), ended, ended - began, 0};
  ServedChain chain;
  if (answer) chain = read_served_chain(answer->chain);
  // Where a certificate names nobody, the address is what survives its rotation.
  for (Certificate& one : chain.certificates) {
    if (identity_of(one).empty()) one.path = to_string(question.address);
  }
  Change change = Change::none;
  if (!answer) {
    change = watched.history.record(answer.error(), cost);
  } else if (chain.certificates.empty()) {
    change = watched.history.record(Failure{Reason::parse, chain.unreadable_sample}, cost);
  } else {
    Handshake told = told_by(*answer, chain);
    told.trust = trust_->judge(chain.certificates.front(), answer->chain, question.sni, cost.at);
    change = watched.history.record(std::move(told), std::move(chain.certificates), cost);
  }
  log_change(change, *watched.history.state(ended));
}

bool EndpointWatcher::all_looked() const {
  return std::ranges::all_of(watched_, [](const auto& watched) { return watched->looked; });
}

std::vector<std::shared_ptr<const TlsEndpointState>> EndpointWatcher::states() const {
  const Instant now = steady_clock::now();
  std::vector<std::shared_ptr<const TlsEndpointState>> states;
  states.reserve(watched_.size());
  for (const auto& watched : watched_) states.push_back(watched->history.state(now));
  return states;
}

}  // namespace mesh
