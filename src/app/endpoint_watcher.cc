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

TlsQuestion question_of(const CertificateEndpoint& endpoint) {
  TlsQuestion question;
  question.address = endpoint.address;
  question.sni = endpoint.sni;
  if (question.sni.empty() && is_name(endpoint.address.host)) question.sni = endpoint.address.host;
  question.alpn = endpoint.alpn;
  question.client_certificate_file = endpoint.client_certificate_file;
  question.client_key_file = endpoint.client_key_file;
  return question;
}

void log_change(Change change, const CertificateEndpoint& endpoint, const Failure* failure) {
  if (change == Change::none) return;
  const std::string address = to_string(endpoint.address);
  if (failure) {
    log(LogLevel::warn, "TLS endpoint is down",
        {{"endpoint", endpoint.name},
         {"address", address},
         {"reason", to_string(failure->reason)},
         {"error", failure->message}});
  } else {
    log(LogLevel::info, "TLS endpoint is up", {{"endpoint", endpoint.name}, {"address", address}});
  }
}

// What the answer says, or that nothing in it can be read.
Result<Handshake, Failure> read_answer(const TlsAnswer& answer) {
  ServedChain chain = read_served_chain(answer.chain);
  if (chain.certificates.empty()) return Failure{Reason::parse, chain.unreadable_sample};
  Handshake handshake;
  handshake.chain = std::move(chain.certificates);
  handshake.unreadable = chain.unreadable;
  handshake.unreadable_sample = std::move(chain.unreadable_sample);
  handshake.version = answer.version;
  handshake.cipher = answer.cipher;
  handshake.alpn = answer.alpn;
  handshake.completed = answer.completed;
  return handshake;
}

}  // namespace

struct EndpointWatcher::Watched {
  Watched(const CertificateEndpoint& its_endpoint, Duration stale_after, Duration its_offset)
      : endpoint(its_endpoint),
        question(question_of(its_endpoint)),
        history(its_endpoint, stale_after),
        offset(its_offset) {}

  CertificateEndpoint endpoint;
  TlsQuestion question;
  EndpointHistory history;
  Duration offset;  // its place in the interval
  bool looked = false;
};

EndpointWatcher::EndpointWatcher(asio::any_io_executor executor, const CertificatesConfig& config)
    : executor_(std::move(executor)),
      config_(config),
      trust_(config.trust),
      slots_(std::make_shared<Slots>(executor_, config.parallel)) {
  const Duration interval = config_.interval;
  std::size_t place = 0;
  for (const CertificateEndpoint& endpoint : config_.endpoints) {
    const Duration offset = interval * place++ / config_.endpoints.size();
    watched_.push_back(std::make_unique<Watched>(endpoint, config_.stale_after, offset));
  }
}

EndpointWatcher::~EndpointWatcher() = default;

void EndpointWatcher::start() {
  for (const auto& watched : watched_) {
    const std::string name = watched->endpoint.name;
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
  Result<Handshake, Failure> read = answer ? read_answer(*answer) : answer.error();
  const Failure* failure = read ? nullptr : &read.error();
  Change change = Change::none;
  if (failure) {
    change = watched.history.record(*failure, cost);
  } else {
    const Certificate& leaf = read->chain.front();
    read->trust = trust_.judge(leaf, answer->chain, question.sni, cost.at);
    change = watched.history.record(*read, cost);
  }
  log_change(change, watched.endpoint, failure);
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
