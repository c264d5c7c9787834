// Everything here but the wait for the rendering thread, the hop to it and back is a choice among
// pure functions.
#include "expose/routes.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/log.h"
#include "base/quoted.h"
#include "expose/answers.h"
#include "expose/family_choice.h"
#include "expose/metrics_page.h"
#include "expose/negotiate.h"
#include "expose/pack.h"
#include "expose/readiness.h"
#include "expose/status/assets.h"
#include "expose/status/pages.h"
#include "net/http_reply.h"
#include "net/render_turns.h"

namespace mesh {
namespace {

namespace asio = boost::asio;

// What the rendering thread needs, complete, so that it shares nothing with anybody.
struct Job {
  WebRequest request;
  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<const PageOptions> options;
};

// Whether whoever asks leaves. Who had shut his side when his question was here shuts it behind his
// questions, and waits; who does so later has left.
std::function<bool()> leaving(std::function<Presence()> presence) {
  if (!presence) return {};
  const bool shuts = presence() == Presence::shut;
  return [presence = std::move(presence), shuts] {
    const Presence now = presence();
    return now == Presence::gone || (now == Presence::shut && !shuts);
  };
}

void refuse(const Error& error, WebReply& reply) {
  reply.status = 400;
  reply.body = error.message + "\n";
}

// Compressed as it is made where that is accepted: the page of a large node is never whole in
// memory.
void answer_metrics(const Job& job, const Page& page, WebReply& reply) {
  const Result<FamilyChoice> choice = FamilyChoice::parse(job.request.query);
  if (!choice) return refuse(choice.error(), reply);
  reply.vary = "Accept, Accept-Encoding";
  const Format format = choose_format(job.request.accept);
  reply.content_type = content_type(format, job.request.accept);
  const Coding coding = choose_coding(job.request.accept_encoding);
  const std::unique_ptr<Packer> packer = make_packer(coding);
  render_metrics_page(page, format, *choice, [&](std::string_view text) { packer->add(text); });
  reply.body = packer->finish();
  reply.content_encoding = to_string(coding);
}

// Of HTML: nothing runs and nothing is loaded but our own, nobody frames it, and what was looked at
// is told to no other server.
std::vector<WebHeader> browser_headers() {
  return {{"Content-Security-Policy", std::string(status_policy)},
          {"Referrer-Policy", "no-referrer"},
          {"Cache-Control", "no-store"}};
}

void answer_page(const Job& job, const Page& page, WebReply& reply) {
  PageAnswer answer = answer_page({job.request.path, job.request.query, job.request.accept}, page);
  reply.status = answer.status;
  reply.content_type = std::move(answer.content_type);
  reply.body = std::move(answer.body);
  if (answer.by_accept) reply.vary = "Accept, Accept-Encoding";
  if (answer.for_browser) reply.headers = browser_headers();
}

const Asset* asset_at(std::string_view path) {
  const auto found = std::ranges::find(assets(), path, &Asset::path);
  return found == assets().end() ? nullptr : &*found;
}

// The name has a hash of what it stands for: it never becomes something else.
WebReply asset_reply(const Asset& asset) {
  WebReply reply;
  reply.content_type = asset.content_type;
  reply.body = asset.body;
  reply.headers = {{"Cache-Control", "public, max-age=31536000, immutable"}};
  return reply;
}

WebReply render_now(const Job& job) {
  const SelfNumbers self{std::chrono::system_clock::now(), read_process_numbers()};
  const Page page{*job.snapshot, self, *job.options};
  WebReply reply;
  // Of caches between us and whoever asks: what they may not hand to another who accepts less.
  reply.vary = "Accept-Encoding";
  if (job.request.path == job.options->telemetry_path) {
    answer_metrics(job, page, reply);
  } else {
    answer_page(job, page, reply);
  }
  const Coding coding = choose_coding(job.request.accept_encoding);
  if (coding != Coding::identity && reply.content_encoding.empty()) {
    reply.body = packed(coding, reply.body);
    reply.content_encoding = to_string(coding);
  }
  return reply;
}

RenderKind kind_of(const WebRequest& request, const PageOptions& options) {
  if (request.path != options.telemetry_path) return RenderKind::page;
  return choose_coding(request.accept_encoding) == Coding::identity ? RenderKind::plain_scrape
                                                                    : RenderKind::scrape;
}

WebReply busy(std::string words) {
  WebReply reply = plain_reply(503, std::move(words) + "; ask again");
  reply.headers = {{"Retry-After", "1"}};
  return reply;
}

asio::awaitable<WebReply> render(std::shared_ptr<const Job> job) {
  WebReply reply;
  try {
    reply = render_now(*job);
  } catch (const std::exception& error) {
    log(LogLevel::error, "a page could not be rendered",
        {{"path", job->request.path}, {"error", error.what()}});
    reply = plain_reply(500, "this page could not be rendered; the reason is in the log");
  }
  co_return reply;
}

}  // namespace

namespace {

// How many wait for a probe of each server.
using Crowds = std::map<std::string, std::size_t>;

// One of those who wait for a probe, however long the page that they asked is there.
struct Waiting {
  std::shared_ptr<Crowds> crowds;
  std::string target;
  Waiting(std::shared_ptr<Crowds> all, std::string asked)
      : crowds(std::move(all)), target(std::move(asked)) {
    ++(*crowds)[target];
  }
  ~Waiting() {
    const auto mine = crowds->find(target);
    if (--mine->second == 0) crowds->erase(mine);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
};

}  // namespace

struct Routes::State {
  std::shared_ptr<const PageOptions> options;
  SnapshotSource current;
  ProbeSource probe;
  std::shared_ptr<Crowds> probing = std::make_shared<Crowds>();
  const std::shared_ptr<RenderTurns> turns = std::make_shared<RenderTurns>();
  asio::thread_pool pool{1};

  std::shared_ptr<const Snapshot> now() const {
    const std::shared_ptr<const Snapshot> snapshot = current();
    return snapshot ? snapshot : std::make_shared<const Snapshot>();
  }
};

Routes::Routes(PageOptions options, SnapshotSource current, ProbeSource probe)
    : state_(std::make_unique<State>()) {
  change(std::move(options));
  state_->current = std::move(current);
  state_->probe = std::move(probe);
}

Routes::~Routes() = default;

void Routes::change(PageOptions options) {
  state_->options = std::make_shared<const PageOptions>(std::move(options));
}

// Of who is configured only: whoever can reach this page could otherwise have the agent call
// anybody.
asio::awaitable<WebReply> Routes::answer_probe(WebRequest request) {
  const Result<std::string> target = parse_probe_query(request.query);
  if (!target) co_return plain_reply(400, target.error().message);
  const auto within = parse_scrape_timeout(request.scrape_timeout);
  if (!within) co_return plain_reply(400, within.error().message);
  const Instant began = std::chrono::steady_clock::now();
  const Instant latest = *within ? began + **within : Instant::max();
  auto probe =
      state_->probe ? state_->probe(*target, latest, leaving(request.presence)) : std::nullopt;
  if (!probe)
    co_return plain_reply(
        403, "no gRPC server of this name is probed: there are those of probes.grpc and of pods");
  const Waiting waiting{state_->probing, *target};
  if (waiting.crowds->size() > limits::grpc_probes_now) {
    co_return plain_reply(503, "too many servers are being probed at once");
  }
  asio::awaitable<ProbedNow> probing = std::move(*probe);
  const ProbedNow now = co_await std::move(probing);
  if (now.broken_off) co_return plain_reply(503, "the exporter is shutting down");
  if (now.states.empty()) {
    co_return plain_reply(503, "the scrape's time was over before " + in_quotes(*target) +
                                   " could be asked: other probes of its host came first");
  }
  if (const std::string_view why = why_not_asked(now); !why.empty()) {
    co_return plain_reply(
        503, "the exporter cannot ask " + in_quotes(*target) + ": it " + std::string(why));
  }
  const Format format = choose_format(request.accept);
  WebReply reply;
  reply.vary = "Accept";
  reply.content_type = content_type(format, request.accept);
  reply.body = probe_page(now, std::chrono::steady_clock::now() - began, format);
  co_return reply;
}

// Of the moment of its turn, not of its question: who waits keeps no snapshot.
asio::awaitable<WebReply> Routes::answer_rendered(WebRequest request,
                                                  std::shared_ptr<const PageOptions> options) {
  const RenderKind kind = kind_of(request, *options);
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  RenderTurns::Place place(state_->turns, kind, std::move(request.presence), executor);
  asio::awaitable<void> waiting = place.wait();
  co_await std::move(waiting);
  if (place.is_refused()) co_return busy("too many pages are asked for at once");
  if (place.is_left()) co_return busy("too many who have shut their side of the connection wait");
  if (place.is_without_room()) co_return busy("too much of what was answered is not taken yet");
  auto job = std::make_shared<Job>();
  job->request = std::move(request);
  job->snapshot = state_->now();
  job->options = std::move(options);
  std::shared_ptr<const Job> finished = std::move(job);
  asio::awaitable<WebReply> work = render(std::move(finished));
  asio::awaitable<WebReply> rendering =
      asio::co_spawn(state_->pool, std::move(work), asio::use_awaitable);
  WebReply page = co_await std::move(rendering);
  page.held = place.hold(page.body.capacity());
  co_return page;
}

asio::awaitable<WebReply> Routes::handle(WebRequest request) {
  const std::shared_ptr<const PageOptions> options = state_->options;
  const std::string& telemetry_path = options->telemetry_path;
  if (request.path == telemetry_path || is_page_path(request.path)) {
    asio::awaitable<WebReply> answer = answer_rendered(std::move(request), options);
    WebReply page = co_await std::move(answer);
    co_return page;
  }

  if (request.path == probe_path) {
    asio::awaitable<WebReply> answer = answer_probe(std::move(request));
    WebReply page = co_await std::move(answer);
    co_return page;
  }

  WebReply reply;
  if (const Asset* const asset = asset_at(request.path)) {
    reply = asset_reply(*asset);
  } else if (request.path == "/-/healthy") {
    reply = plain_reply(200, "healthy");
  } else if (request.path == "/-/ready") {
    const std::shared_ptr<const Snapshot> snapshot = state_->now();
    const Readiness now = readiness(*snapshot);
    reply = plain_reply(now.ready ? 200 : 503, now.words);
  } else {
    reply = plain_reply(404, "nothing here; there is " + telemetry_path + ", /, " + page_names() +
                                 "/probe, /-/healthy and /-/ready");
  }
  co_return reply;
}

}  // namespace mesh
