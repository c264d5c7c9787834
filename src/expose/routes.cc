// Everything here but the hop to the rendering thread and back is a choice among pure functions.
#include "expose/routes.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "compute/certificate_rows.h"
#include "compute/left_out.h"
#include "expose/certificate_table.h"
#include "expose/diagnosis.h"
#include "expose/family_choice.h"
#include "expose/landing_page.h"
#include "expose/metrics_page.h"
#include "expose/negotiate.h"
#include "expose/pack.h"
#include "expose/readiness.h"
#include "expose/reports.h"
#include "net/http_reply.h"

namespace mesh {
namespace {

namespace asio = boost::asio;

// What the rendering thread needs, complete, so that it shares nothing with anybody.
struct Job {
  WebRequest request;
  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<const PageOptions> options;
};

constexpr std::string_view certificates_path = "/certificates";
constexpr std::string_view certificates_api = "/api/v1/certificates";

struct CertificatesQuery {
  RowOrder order = RowOrder::where;
  bool all = false;
  ReportFilter filter;
};

// sort=ORDER and all=true beside what every report takes.
Result<CertificatesQuery> parse_certificates_query(std::string_view rest) {
  CertificatesQuery query;
  std::string others;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    const auto wanted = part.starts_with("sort=") ? parse_row_order(part.substr(5)) : std::nullopt;
    if (wanted) {
      query.order = *wanted;
    } else if (part == "all=true" || part == "all=false") {
      query.all = part == "all=true";
    } else {
      others.append(part).append("&");
    }
  }
  static const std::string beside = ", all=true, or sort= with " + std::string(row_orders);
  Result<ReportFilter> filter = parse_report_filter(others, false, beside);
  if (!filter) return filter.error();
  query.filter = std::move(*filter);
  return query;
}

void refuse(const Error& error, WebReply& reply) {
  reply.status = 400;
  reply.body = error.message + "\n";
}

void answer_certificates(const Job& job, const Page& page, WebReply& reply) {
  const Result<CertificatesQuery> query = parse_certificates_query(job.request.query);
  if (!query) return refuse(query.error(), reply);
  const Snapshot& snapshot = page.snapshot;
  const WallTime now = page.self.now;
  std::vector<CertificateRow> rows = certificate_rows(snapshot, now, query->all, query->filter);
  sort_rows(rows, query->order);
  if (job.request.path == certificates_api) {
    reply.content_type = "application/json";
    reply.body = certificates_json(rows);
  } else {
    reply.body = certificate_table(rows, now, all_left_out(snapshot, query->filter));
    const std::string cascade = cascade_words(snapshot, now, query->filter);
    if (!cascade.empty()) reply.body = cascade + "\n\n" + reply.body;
  }
}

constexpr std::string_view api = "/api/v1/";
constexpr std::string_view diagnosis_path = "/diagnosis", diagnosis_api = "/api/v1/diagnosis";

// "endpoints" of "/endpoints" and of "/api/v1/endpoints"; null if that is no report.
const Report* report_at(std::string_view path) {
  path.remove_prefix(path.starts_with(api) ? api.size() : 1);
  return find_report(path);
}

void answer_report(const Job& job, const Page& page, WebReply& reply) {
  const std::string_view path = job.request.path;
  const Report* const report = report_at(path);
  const Result<ReportFilter> filter =
      parse_report_filter(job.request.query, !report || report->by_upstream);
  if (!filter) return refuse(filter.error(), reply);
  const bool json = path.starts_with(api);
  if (json) reply.content_type = "application/json";
  if (report) {
    const Table table = report->make(page, *filter);
    reply.body = json ? table_json(table) : table_text(table);
    return;
  }
  const Diagnosis diagnosis = diagnose(page, *filter);
  reply.body = json ? diagnosis_json(diagnosis) : diagnosis_text(diagnosis, false);
}

// Whether it is made from a snapshot, on the rendering thread.
bool is_page(std::string_view path, std::string_view telemetry_path) {
  for (const std::string_view known : {telemetry_path, std::string_view("/"), certificates_path,
                                       certificates_api, diagnosis_path, diagnosis_api}) {
    if (path == known) return true;
  }
  return path.starts_with('/') && report_at(path) != nullptr;
}

// "/certificates, /diagnosis, …, and the same below /api/v1, "
std::string page_names() {
  std::string names = "/certificates, /diagnosis, ";
  for (const Report& report : reports()) names += "/" + std::string(report.name) + ", ";
  return names + "all of these below /api/v1 as JSON, ";
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

WebReply render_now(const Job& job) {
  const SelfNumbers self{std::chrono::system_clock::now(), read_process_numbers()};
  const Page page{*job.snapshot, self, *job.options};
  WebReply reply;
  // Of caches between us and whoever asks: what they may not hand to another who accepts less.
  reply.vary = "Accept-Encoding";
  if (job.request.path == job.options->telemetry_path) {
    answer_metrics(job, page, reply);
  } else if (job.request.path == certificates_path || job.request.path == certificates_api) {
    answer_certificates(job, page, reply);
  } else if (job.request.path != "/") {
    answer_report(job, page, reply);
  } else {
    reply.content_type = "text/html; charset=utf-8";
    reply.body = render_landing_page(page);
  }
  const Coding coding = choose_coding(job.request.accept_encoding);
  if (coding != Coding::identity && reply.content_encoding.empty()) {
    reply.body = packed(coding, reply.body);
    reply.content_encoding = to_string(coding);
  }
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

// One of those who wait for a probe, however long the page that they asked is there.
struct Waiting {
  std::shared_ptr<std::size_t> count;
  explicit Waiting(std::shared_ptr<std::size_t> all) : count(std::move(all)) { ++*count; }
  ~Waiting() { --*count; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
};

}  // namespace

struct Routes::State {
  std::shared_ptr<const PageOptions> options;
  SnapshotSource current;
  ProbeSource probe;
  std::shared_ptr<std::size_t> probing = std::make_shared<std::size_t>(0);
  asio::thread_pool pool{1};
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
  const Instant began = std::chrono::steady_clock::now();
  auto probe = state_->probe ? state_->probe(*target) : std::nullopt;
  if (!probe)
    co_return plain_reply(
        403, "no gRPC server of this name is probed: there are those of probes.grpc and of pods");
  const Waiting waiting{state_->probing};
  if (*waiting.count > limits::grpc_probes_now) {
    co_return plain_reply(503, "too many probes are being made at once");
  }
  asio::awaitable<HealthStates> probing = std::move(*probe);
  const HealthStates states = co_await std::move(probing);
  const Format format = choose_format(request.accept);
  WebReply reply;
  reply.vary = "Accept";
  reply.content_type = content_type(format, request.accept);
  reply.body = probe_page(states, std::chrono::steady_clock::now() - began, format);
  co_return reply;
}

asio::awaitable<WebReply> Routes::handle(WebRequest request) {
  const std::shared_ptr<const PageOptions> options = state_->options;
  const std::string& telemetry_path = options->telemetry_path;
  std::shared_ptr<const Snapshot> snapshot = state_->current();
  if (!snapshot) snapshot = std::make_shared<const Snapshot>();

  if (is_page(request.path, telemetry_path)) {
    auto job = std::make_shared<Job>();
    job->request = std::move(request);
    job->snapshot = std::move(snapshot);
    job->options = options;
    std::shared_ptr<const Job> finished = std::move(job);
    asio::awaitable<WebReply> work = render(std::move(finished));
    asio::awaitable<WebReply> rendering =
        asio::co_spawn(state_->pool, std::move(work), asio::use_awaitable);
    WebReply page = co_await std::move(rendering);
    co_return page;
  }

  if (request.path == probe_path) {
    asio::awaitable<WebReply> answer = answer_probe(std::move(request));
    WebReply page = co_await std::move(answer);
    co_return page;
  }

  WebReply reply;
  if (request.path == "/-/healthy") {
    reply = plain_reply(200, "healthy");
  } else if (request.path == "/-/ready") {
    const Readiness now = readiness(*snapshot);
    reply = plain_reply(now.ready ? 200 : 503, now.words);
  } else {
    reply = plain_reply(404, "nothing here; there is " + telemetry_path + ", /, " + page_names() +
                                 "/probe, /-/healthy and /-/ready");
  }
  co_return reply;
}

}  // namespace mesh
