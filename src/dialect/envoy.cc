// The conversation with an Envoy's admin port.
//
// Envoy answers on its main thread, the one that also takes new configuration and runs health
// checks. So one poll asks little:
//
//   /stats        always, once, in text and filtered to what is read: raw names, where the
//                 Prometheus form is mangled by dots and four times the bytes
//   /server_info  once per connection (124 kB of option descriptions): who this is and since when.
//                 A new connection is how a restart shows; then all counters began again
//   /clusters     endpoints, for clusters at which the statistics say something moved
//   /certs        certificates, once a minute or so, and when the statistics say that one moved
//   /config_dump  settings of what is in use, every ten minutes (envoy_settings.h)
//
// A restart between two questions of one poll must not mix two lives: numbers are accepted when
// the process was asked for its identity on the very connection that brought them, or when looks
// before and after them saw the same process. Otherwise they are asked again.
//
// Where the admin port forbids /server_info or /clusters (admin.allow_paths), the poll goes on
// without: restarts then show by server.uptime and by falling counters only, endpoints not at all.
#include "dialect/envoy.h"

#include <optional>
#include <string>
#include <utility>

#include "dialect/agent_page.h"
#include "dialect/check_answer.h"
#include "dialect/envoy_certificates.h"
#include "dialect/envoy_control_plane.h"
#include "dialect/envoy_endpoints.h"
#include "dialect/envoy_names.h"
#include "dialect/envoy_process.h"
#include "dialect/envoy_prometheus.h"
#include "dialect/envoy_settings.h"
#include "dialect/envoy_tls.h"
#include "dialect/envoy_traffic.h"
#include "dialect/envoy_upstreams.h"
#include "wire/envoy_server_info.h"

namespace mesh {
namespace {

class EnvoyConversation final : public Conversation {
 public:
  explicit EnvoyConversation(const Config& config)
      : certificates_(config.certificates.interval),
        settings_(config.poll.interval, config.audit) {}

  Step begin(Instant now) override;
  Step hear(Answer answer) override;

 private:
  enum class Asked { stats, server_info, clusters, certs, config_dump };

  Step ask_stats();
  Step hear_stats(Answer answer);
  Step hear_server_info(Answer answer);
  Step go_without_identity(Failure failure);
  Step after_identity();
  Step hear_clusters(Answer answer);
  Step after_clusters();
  Step ask_settings();
  Step ask_or_finish(std::optional<Request> question);
  Step finish();
  void new_process();
  void judge_by_uptime();

  Asked asked_ = Asked::stats;
  int stats_asked_ = 0;  // in this poll, to which belong:
  Instant begun_;
  Readings readings_;
  std::uint64_t stats_connection_ = 0;
  Instant stats_received_;
  bool unsure_ = false;
  std::optional<EnvoyTrafficReport> report_;
  std::optional<ClustersQuestion> clusters_question_;
  bool endpoints_missing_ = false;  // asked in vain
  bool dear_ = false;               // a dear question was asked
  EnvoyTlsReport tls_report_;

  // Learnt.
  EnvoyProcess process_;
  EnvoyTraffic traffic_;
  EnvoyEndpoints endpoints_;
  EnvoyTls tls_;
  EnvoyUpstreams upstreams_;
  EnvoyControlPlane control_plane_;
  EnvoyCertificates certificates_;
  EnvoySettings settings_;
  std::optional<Proxy> proxy_;
  std::uint64_t identity_connection_ = 0;  // 0: none yet
  std::uint64_t incarnation_ = 0;
  std::optional<Instant> last_success_;
  std::optional<CounterBlock> last_traffic_;
  std::optional<std::uint64_t> last_server_uptime_;
};

Step EnvoyConversation::begin(Instant now) {
  begun_ = now;
  dear_ = endpoints_missing_ = unsure_ = false;
  settings_.begin(now);
  readings_ = {};
  report_.reset();
  clusters_question_.reset();
  stats_asked_ = 0;
  return ask_stats();
}

Step EnvoyConversation::ask_stats() {
  asked_ = Asked::stats;
  ++stats_asked_;
  return Request{Request::Port::admin, envoy_stats_path(control_plane_.wants_endpoint_times())};
}

Step EnvoyConversation::hear(Answer answer) {
  switch (asked_) {
    case Asked::stats: return hear_stats(std::move(answer));
    case Asked::server_info: return hear_server_info(std::move(answer));
    case Asked::clusters: return hear_clusters(std::move(answer));
    case Asked::certs:
      certificates_.hear(std::move(answer), begun_, tls_report_.reading, readings_);
      return ask_settings();
    case Asked::config_dump: return ask_or_finish(settings_.hear(std::move(answer), readings_));
  }
  return Failure{Reason::parse, "no question was asked"};
}

Step EnvoyConversation::hear_stats(Answer answer) {
  if (auto failure = check_answer(answer, "/stats")) return *failure;
  stats_connection_ = answer->connection;
  stats_received_ = answer->received;
  readings_.at = answer->sent + (answer->received - answer->sent) / 2;
  traffic_.read(std::move(answer->body));
  const StatsAnswer& stats = traffic_.answer();
  if (stats.unreadable > 0 && stats.unreadable == stats.lines) {
    return Failure{Reason::parse, "/stats: no line is a statistic: " + stats.unreadable_sample};
  }
  tls_report_ = tls_.report(traffic_.reader(), stats);
  settings_.note_changes(traffic_.reader(), stats);
  readings_.tls = tls_report_.reading;
  readings_.inbound_connections = tls_report_.inbound_connections;
  readings_.control_plane = control_plane_.report(traffic_.reader(), stats);
  note_unreadable(stats.unreadable, stats.unreadable_sample, readings_);
  if (identity_connection_ == stats_connection_) return after_identity();
  asked_ = Asked::server_info;
  dear_ = true;
  return Request{Request::Port::admin, "/server_info"};
}

Step EnvoyConversation::hear_server_info(Answer answer) {
  if (auto failure = check_answer(answer, "/server_info")) {
    const bool refused =
        failure->reason == Reason::forbidden || failure->reason == Reason::http_status;
    if (!refused) return *failure;
    return go_without_identity(std::move(*failure));
  }
  auto info = parse_envoy_server_info(answer->body);
  if (!info) {
    return go_without_identity({Reason::parse, "/server_info: " + info.error().message});
  }

  readings_.heard.push_back("/server_info");
  const ProcessVerdict verdict =
      process_.look(info->uptime, answer->sent, answer->received, last_success_);
  if (verdict == ProcessVerdict::restarted) new_process();
  unsure_ = verdict == ProcessVerdict::unsure;
  proxy_ = Proxy{info->version, info->build,        info->node_id,
                 info->state,   process_.started(), info->mesh_version};

  const bool same_connection = answer->connection == stats_connection_;
  identity_connection_ = answer->connection;
  const bool same_process = verdict == ProcessVerdict::same || verdict == ProcessVerdict::unsure;
  if (same_connection || same_process) return after_identity();
  if (stats_asked_ < 3) return ask_stats();
  return Failure{Reason::connect, "/stats: the proxy closes every connection while it restarts"};
}

Step EnvoyConversation::go_without_identity(Failure failure) {
  readings_.partial.push_back(std::move(failure));
  identity_connection_ = stats_connection_;  // asked again on the next connection only
  proxy_.reset();
  judge_by_uptime();
  return after_identity();
}

// Without /server_info a restart shows by a clock that only moves every five seconds.
void EnvoyConversation::judge_by_uptime() {
  report_ = traffic_.report();
  if (last_server_uptime_ && report_->server_uptime.value_or(0) < *last_server_uptime_) {
    new_process();
  }
}

void EnvoyConversation::new_process() {
  ++incarnation_;
  endpoints_.forget();
  certificates_.forget();
  settings_.forget();
  last_traffic_.reset();
  report_.reset();
}

Step EnvoyConversation::after_identity() {
  report_ = traffic_.report();
  if (unsure_ && last_traffic_ && any_fell(*last_traffic_, report_->counters)) {
    new_process();
    report_ = traffic_.report();
  }
  clusters_question_ =
      endpoints_.question(report_->activity, proxy_ && can_filter_clusters(proxy_->version));
  if (!clusters_question_) return after_clusters();
  asked_ = Asked::clusters;
  dear_ = dear_ || clusters_question_->whole;
  return Request{Request::Port::admin, clusters_question_->path};
}

Step EnvoyConversation::hear_clusters(Answer answer) {
  auto failure = check_answer(answer, "/clusters");
  if (!failure && identity_connection_ == stats_connection_ &&
      answer->connection != stats_connection_) {
    // The process may be a new one. Not worth another round: the next poll asks again. (A proxy
    // that closes after every answer never gets here: its identity was looked at separately.)
    failure = Failure{Reason::connect, "/clusters: the connection was closed between questions"};
  }
  if (!failure) {
    auto clusters = clusters_question_->json ? parse_envoy_clusters_json(answer->body)
                                             : parse_envoy_clusters_text(answer->body);
    if (clusters) {
      note_unreadable(clusters->unreadable, clusters->unreadable_sample, readings_);
      readings_.heard.push_back("/clusters");
      endpoints_.enter(*clusters_question_, std::move(*clusters));
      traffic_.know_clusters(endpoints_.stat_names());
      report_ = traffic_.report();
      return after_clusters();
    }
    failure = Failure{Reason::parse, "/clusters: " + clusters.error().message};
  }
  readings_.partial.push_back(std::move(*failure));
  endpoints_missing_ = true;
  return after_clusters();
}

Step EnvoyConversation::after_clusters() {
  readings_.upstreams = upstreams_.report(traffic_.reader(), traffic_.answer(), endpoints_);
  if (!certificates_.is_due(begun_, tls_report_)) return ask_settings();
  if (certificates_.is_refused(begun_)) {
    certificates_.look_at_statistics(tls_report_.reading, readings_);
    return ask_settings();
  }
  asked_ = Asked::certs;
  dear_ = true;
  return Request{Request::Port::admin, "/certs"};
}

Step EnvoyConversation::ask_settings() {
  asked_ = Asked::config_dump;
  return ask_or_finish(settings_.question({begun_, readings_.upstreams, endpoints_, dear_}));
}

Step EnvoyConversation::ask_or_finish(std::optional<Request> question) {
  return question ? Step(std::move(*question)) : finish();
}

Step EnvoyConversation::finish() {
  readings_.incarnation = incarnation_;
  readings_.ambiguous = report_->ambiguous;
  readings_.traffic = report_->counters;
  readings_.heap = report_->heap;
  if (proxy_) {
    readings_.proxy = proxy_;
    if (report_->server_state && *report_->server_state <= 3) {
      readings_.proxy->state = static_cast<ProxyState>(*report_->server_state);
    }
  }
  if (endpoints_.known()) {
    if (!endpoints_missing_) readings_.endpoints = endpoints_.requests();
    readings_.endpoint_states = endpoints_.states();
  }
  last_success_ = stats_received_;
  last_traffic_ = std::move(report_->counters);
  last_server_uptime_ = report_->server_uptime;
  traffic_.let_go();
  return std::move(readings_);
}

}  // namespace

std::unique_ptr<Conversation> open_envoy(const Target& target, const Config& config) {
  if (!target.admin) return open_envoy_prometheus(target.metrics->path);
  auto admin = std::make_unique<EnvoyConversation>(config);
  if (!target.metrics) return admin;
  return with_agent_page(std::move(admin), target.metrics->path, config.certificates.interval);
}

}  // namespace mesh
