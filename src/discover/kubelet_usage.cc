// A coroutine that asks and waits in turn; see kubelet_usage.h.
#include "discover/kubelet_usage.h"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <map>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "base/result.h"
#include "base/rethrow.h"
#include "discover/server_question.h"
#include "net/http_stream.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr std::uint16_t kubelet_port = 10250;

// As the API server is asked, but over TLS always, and known by other roots where there are some.
ServerAccess kubelet_access(ServerAccess api, const KubeletConfig& config) {
  api.tls = true;
  api.server_name.clear();
  api.address = config.address.value_or(Address{});
  api.verified = !config.insecure_skip_verify;
  if (!config.ca_file.empty() || !api.verified) {
    api.ca_file = config.ca_file;
    api.ca_pem.clear();
  }
  return api;
}

// What the page says of one container; of that it does not know it says nothing, and so the limit
// is not told either.
CgroupLook look_of(const KubeletContainer& container, const ContainerUse& use) {
  CgroupLook look;
  look.source = ResourceSource::kubelet;
  if (use == ContainerUse{}) {
    look.error = "the kubelet tells nothing of container " + container.key.container;
    return look;
  }
  look.reading.working_set = use.working_set;
  look.reading.memory_limit = container.memory_limit;
  // A container that was made anew counts from nothing, which shows in the number itself.
  if (use.cpu_us) {
    look.reading.counts[index_of(ResourceCounter::cpu)] = CgroupReading::Count{*use.cpu_us, 0};
  }
  return look;
}

std::string refusal(int status) {
  std::string words = "HTTP status " + std::to_string(status);
  if (status == 401) {
    words += "; the token is not accepted: a kubelet takes it with authentication by webhook only";
  }
  if (status == 403) {
    words +=
        "; grant the verb \"get\" on \"nodes/metrics\" in a ClusterRole "
        "(deploy/kubernetes/rbac_kubelet.yaml)";
  }
  return words;
}

std::string refusal(const Failure& failure) {
  if (failure.reason != Reason::tls) return failure.message;
  return failure.message +
         "; expected a ca_file with the roots of its serving certificate, which must be for its "
         "address (discovery.kubernetes.kubelet)";
}

// What is wrong with a page that came whole; "" if nothing is.
std::string wrong_with(const KubeletPage& page) {
  if (!page.measured) return "says that it could not measure all containers";
  if (page.unreadables.count() > 0) {
    std::string words = "lines that cannot be read: ";
    words.append(std::to_string(page.unreadables.count()));
    return words.append(", first: ").append(page.unreadables.sample());
  }
  return page.samples == 0 ? "the page is empty" : "";
}

struct KubeletAnswer {
  int status = 0;
  std::string body;
  bool too_large = false;
  std::optional<Failure> failure;
};

// Why there is no page in it; "" if there is one.
std::string refusal(const KubeletAnswer& answer) {
  if (answer.status != 0 && answer.status != 200) return refusal(answer.status);
  if (answer.too_large) {
    return "the page is longer than " + std::to_string(limits::kubelet_page_bytes) + " bytes";
  }
  return answer.failure ? refusal(*answer.failure) : "";
}

}  // namespace

struct KubeletUsage::State {
  State(const asio::any_io_executor& where, KubeletConfig configured, Duration its_pace,
        Listener to_tell)
      : executor(where),
        config(std::move(configured)),
        pace(its_pace),
        listener(std::move(to_tell)),
        stream(where),
        pause(where) {}

  static asio::awaitable<void> run(std::shared_ptr<State> self);
  asio::awaitable<void> ask();
  asio::awaitable<KubeletAnswer> get(StreamQuestion question);
  void take(std::string_view body);
  void fail(const std::string& why);
  void set_problem(std::string problem);
  std::string cannot() const {
    std::string words = "cannot ask the kubelet";
    if (!access.address.host.empty()) words += " at " + to_string(access.address);
    return words + ": ";
  }

  asio::any_io_executor executor;
  KubeletConfig config;
  Duration pace;
  Listener listener;
  ServerAccess access;
  HttpStream stream;
  asio::steady_timer pause;
  std::vector<KubeletContainer> containers;
  bool idle = false;  // nobody is to be asked for
  bool heard = false, stopping = false;
  std::string problem;
  std::optional<WallTime> last_success;
};

asio::awaitable<void> KubeletUsage::State::run(std::shared_ptr<State> self) {
  boost::system::error_code ignored;
  auto done = asio::redirect_error(asio::use_awaitable, ignored);
  while (!self->stopping) {
    self->idle = self->containers.empty();
    if (!self->idle) co_await self->ask();
    if (self->stopping) co_return;
    self->pause.expires_after(self->idle ? Duration(std::chrono::hours(1)) : self->pace);
    co_await self->pause.async_wait(done);
  }
}

asio::awaitable<void> KubeletUsage::State::ask() {
  if (access.address.host.empty()) {
    fail(
        "no pod tells the node's address yet; expected it as discovery.kubernetes.kubelet.address");
    co_return;
  }
  const Instant deadline = steady_clock::now() + limits::kubelet_answer;
  Result<StreamQuestion> question = question_to(access, "/metrics/resource", deadline);
  if (!question) {
    fail(question.error().message);
    co_return;
  }
  question->accept = "text/plain;version=0.0.4";
  const KubeletAnswer answer = co_await get(std::move(*question));
  if (stopping) co_return;
  const std::string why_not = refusal(answer);
  if (why_not.empty()) {
    take(answer.body);
  } else {
    fail(why_not);
  }
}

asio::awaitable<KubeletAnswer> KubeletUsage::State::get(StreamQuestion question) {
  KubeletAnswer answer;
  StreamListener to;
  to.head = [&answer](int status) { answer.status = status; };
  to.piece = [&answer](std::string_view piece) {
    answer.too_large = answer.body.size() + piece.size() > limits::kubelet_page_bytes;
    if (answer.status != 200 || answer.too_large) return false;
    answer.body += piece;
    return true;
  };
  answer.failure = co_await stream.get(std::move(question), std::move(to));
  co_return answer;
}

// Those that have come to be asked for meanwhile are looked up as well.
void KubeletUsage::State::take(std::string_view body) {
  std::map<ContainerKey, ContainerUse> uses;
  for (const KubeletContainer& one : containers) uses.emplace(one.key, ContainerUse{});
  const std::string wrong = wrong_with(read_kubelet_page(body, uses));
  TargetLooks looks;
  for (const KubeletContainer& one : containers) {
    looks.emplace(one.target, look_of(one, uses.at(one.key)));
  }
  if (wrong.empty()) last_success = system_clock::now();
  listener.looks(looks);
  set_problem(wrong.empty() ? "" : "the kubelet at " + to_string(access.address) + ": " + wrong);
}

void KubeletUsage::State::fail(const std::string& why) {
  std::string words = cannot() + why;
  CgroupLook look;
  look.source = ResourceSource::kubelet;
  look.error = words;
  TargetLooks looks;
  for (const KubeletContainer& one : containers) looks.emplace(one.target, look);
  listener.looks(looks);
  set_problem(std::move(words));
}

// Each once in the log, however often it is met again.
void KubeletUsage::State::set_problem(std::string now) {
  if (now != problem && !now.empty()) {
    log(LogLevel::warn, "the kubelet does not tell all of what sidecars use", {{"what", now}});
  } else if (now != problem) {
    log(LogLevel::info, "the kubelet tells what sidecars use again");
  }
  heard = true;
  problem = std::move(now);
  listener.state();
}

KubeletUsage::KubeletUsage(asio::any_io_executor executor, const KubeletConfig& config,
                           Duration pace, Listener listener)
    : state_(std::make_shared<State>(executor, config, pace, std::move(listener))) {}

KubeletUsage::~KubeletUsage() { stop(); }

void KubeletUsage::start(ServerAccess api) {
  if (!state_->config.enabled) return;
  state_->access = kubelet_access(std::move(api), state_->config);
  if (!state_->access.verified) {
    log(LogLevel::warn, "the kubelet's certificate is not verified",
        {{"because", "discovery.kubernetes.kubelet.insecure_skip_verify"},
         {"risk", "whoever answers at its address is believed, and is shown the agent's token"}});
  }
  asio::co_spawn(state_->executor, State::run(state_), rethrow);
}

void KubeletUsage::stop() {
  state_->stopping = true;
  state_->pause.cancel();
  state_->stream.close();
}

void KubeletUsage::ask_for(std::vector<KubeletContainer> containers, std::string node_ip) {
  State& s = *state_;
  s.containers = std::move(containers);
  if (!s.config.address && !node_ip.empty()) {
    s.access.address = Address{std::move(node_ip), kubelet_port, ""};
  }
  if (s.idle && !s.containers.empty()) s.pause.cancel();
}

bool KubeletUsage::answered() const {
  return !state_->config.enabled || state_->containers.empty() || state_->heard;
}

std::optional<DiscoveryState> KubeletUsage::state() const {
  const State& s = *state_;
  if (!s.config.enabled) return std::nullopt;
  DiscoveryState state{"kubelet", std::nullopt, {}, s.last_success};
  // Where nobody is to be asked for, it troubles nobody.
  if (!s.problem.empty() && !s.containers.empty()) state.problems.push_back(s.problem);
  return state;
}

}  // namespace mesh
