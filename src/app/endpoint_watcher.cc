// One endless conversation per endpoint; see endpoint_watcher.h.
#include "app/endpoint_watcher.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <utility>

#include "app/keep_known.h"
#include "app/told_handshake.h"
#include "base/log.h"
#include "compute/endpoint_history.h"
#include "compute/place.h"
#include "net/wait_until.h"
#include "scrape/slots.h"

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

}  // namespace

struct EndpointWatcher::Watched {
  Watched(Target its_owner, const std::string& name, TlsQuestion its_question, Duration stale_after)
      : target(std::move(its_owner)),
        question(std::move(its_question)),
        history(target, name, question.address, stale_after) {}

  std::string name() { return where_of(*history.state(steady_clock::now())); }

  Target target;  // whose it is; of a configured endpoint its labels
  TlsQuestion question;
  EndpointHistory history;
  bool looked = false;
  bool gone = false;  // nobody watches it any more
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
    endpoints_.push_back(std::make_shared<Watched>(std::move(whose), endpoint.name,
                                                   std::move(question), stale_after));
  }
}

EndpointWatcher::~EndpointWatcher() = default;

void EndpointWatcher::watch(std::vector<Target> targets) {
  std::erase_if(targets, [](const Target& one) { return !one.inbound; });
  const auto make = [this](const Target& target) {
    return std::make_shared<Watched>(target, std::string(inbound_port),
                                     question_of(*target.inbound), config_.stale_after);
  };
  Kept<Watched> kept = keep_known(std::move(ports_), targets, make);
  ports_ = std::move(kept.all);
  if (!running_ || stopping_) return;
  for (const auto& watched : kept.fresh) begin(watched);
}

void EndpointWatcher::start() {
  running_ = true;
  for (const auto& watched : endpoints_) begin(watched);
  for (const auto& watched : ports_) begin(watched);
}

void EndpointWatcher::begin(const std::shared_ptr<Watched>& watched) {
  asio::co_spawn(executor_, keep_looking(shared_from_this(), watched),
                 [watched](std::exception_ptr error) {
                   // Our own defect, never the endpoint's doing.
                   if (!error) return;
                   log(LogLevel::error, "watching broke off", {{"endpoint", watched->name()}});
                 });
}

asio::awaitable<void> EndpointWatcher::keep_looking(std::shared_ptr<EndpointWatcher> self,
                                                    std::shared_ptr<Watched> watched) {
  const Duration interval = self->config_.interval;
  const Instant started = steady_clock::now();
  co_await self->look(*watched);
  watched->looked = true;
  Instant next = started + place_in(interval, watched->name());
  while (!self->stopping_ && !watched->gone) {
    const Instant now = steady_clock::now();
    do next += interval;
    while (next <= now);
    co_await wait_until(self->executor_, next);
    if (self->stopping_ || watched->gone) co_return;
    co_await self->look(*watched);
  }
}

asio::awaitable<void> EndpointWatcher::look(Watched& watched) {
  co_await slots_->take();
  const Slot slot{slots_};
  const Instant began = steady_clock::now();
  const Instant deadline = began + config_.timeout;
  const TlsQuestion& question = watched.question;
  Result<TlsAnswer, Failure> answer = co_await tls_handshake(question, deadline);
  if (stopping_ || watched.gone) co_return;
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
  const auto looked = [](const auto& watched) { return watched->looked; };
  return std::ranges::all_of(endpoints_, looked) && std::ranges::all_of(ports_, looked);
}

std::vector<std::shared_ptr<const TlsEndpointState>> EndpointWatcher::states() const {
  const Instant now = steady_clock::now();
  std::vector<std::shared_ptr<const TlsEndpointState>> states;
  states.reserve(endpoints_.size() + ports_.size());
  for (const auto& watched : endpoints_) states.push_back(watched->history.state(now));
  for (const auto& watched : ports_) states.push_back(watched->history.state(now));
  return states;
}

}  // namespace mesh
