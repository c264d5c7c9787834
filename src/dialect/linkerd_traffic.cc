// The families that are counted, one function for each kind; see linkerd_traffic.h.
#include "dialect/linkerd_traffic.h"

#include <algorithm>
#include <array>
#include <utility>

#include "dialect/check_answer.h"
#include "dialect/linkerd_answer.h"
#include "dialect/linkerd_names.h"

namespace mesh {
namespace {

SeriesKey outbound(Counted counted, std::string_view upstream, std::string_view detail = "") {
  SeriesKey key;
  key.counted = counted;
  key.upstream = upstream;
  key.detail = detail;
  return key;
}

SeriesKey inbound(Counted counted, std::string_view detail = "") {
  SeriesKey key;
  key.counted = counted;
  key.direction = Direction::inbound;
  key.detail = detail;
  return key;
}

SeriesKey of_profile(const Sample& sample, Counted counted, std::string_view detail) {
  SeriesKey key = outbound(counted, sample.label("dst"), detail);
  if (counted == Counted::resets) return key;  // of the upstream as a whole
  if (const auto method = method_of_route(sample.label("rt_route"))) {
    key.service = method->service;
    key.method = method->method;
  }
  return key;
}

std::string called_in(const Sample& sample, const LinkerdTruth& truth) {
  return with_domain(plain_name(sample, "parent"), truth.domain());
}

// The proxy shows its own identity whenever it speaks TLS; what is open is the other side's.
std::string_view security_of(const Sample& sample) {
  const std::string_view tls = sample.label("tls");
  if (tls == "opaque") return "unknown";
  if (tls != "true") return "none";
  const bool knows = !sample.label("client_id").empty() || !sample.label("server_id").empty();
  return knows ? "mutual_tls" : "tls";
}

bool names_no_method(const SeriesKey& key) {
  return key.counted == Counted::calls && key.method.empty();
}

}  // namespace

struct LinkerdTraffic::Family {
  std::string_view name;
  void (LinkerdTraffic::*enter)(const Sample&, const LinkerdTruth&);
};

const LinkerdTraffic::Family* LinkerdTraffic::find(std::string_view name) {
  using Me = LinkerdTraffic;
  static constexpr std::array<Family, 21> families{{
      {"request_total", &Me::request},
      {"response_total", &Me::answer},
      {"response_latency_ms_bucket", &Me::answer_time},
      {"response_latency_ms_sum", &Me::answer_time},
      {"route_response_total", &Me::profile_answer},
      {"route_response_latency_ms_bucket", &Me::profile_time},
      {"route_response_latency_ms_sum", &Me::profile_time},
      {"route_retryable_total", &Me::budget},
      {"tcp_open_total", &Me::connection},
      {"outbound_grpc_route_request_statuses_total", &Me::grpc_call},
      {"outbound_http_route_request_statuses_total", &Me::http_request},
      {"outbound_grpc_route_retry_requests_total", &Me::retry},
      {"outbound_grpc_route_retry_successes_total", &Me::retry},
      {"outbound_grpc_route_retry_limit_exceeded_total", &Me::retry},
      {"outbound_grpc_route_retry_overflow_total", &Me::retry},
      {"outbound_http_route_retry_requests_total", &Me::retry},
      {"outbound_http_route_retry_successes_total", &Me::retry},
      {"outbound_http_route_retry_limit_exceeded_total", &Me::retry},
      {"outbound_http_route_retry_overflow_total", &Me::retry},
      {"inbound_http_authz_deny_total", &Me::denial},
      {"inbound_tcp_authz_deny_total", &Me::denial},
  }};
  const auto* found = std::ranges::find(families, name, &Family::name);
  return found == families.end() ? nullptr : found;
}

void LinkerdTraffic::begin() {
  counters_.begin();
  endpoints_.begin();
  ambiguous_ = 0;
  unreadables_ = {};
}

void LinkerdTraffic::enter(const Sample& sample, const LinkerdTruth& truth) {
  const Family* family = find(sample.name);
  if (!family) return;
  if (!fits_counter(sample.value)) return note_unreadable(sample);
  (this->*family->enter)(sample, truth);
}

bool LinkerdTraffic::is_admin(const Sample& inbound) const {
  // 4191 is seen where the page is reached by a forwarded port, too.
  const std::string_view port = inbound_port(inbound);
  return port == admin_port_ || port == "4191";
}

void LinkerdTraffic::request(const Sample& sample, const LinkerdTruth&) {
  const std::string_view security = security_of(sample);
  if (!is_outbound(sample)) {
    if (!is_admin(sample)) count(sample, inbound(Counted::by_security, security));
    return;
  }
  const std::string_view upstream = upstream_of_endpoint(sample);
  count(sample, outbound(Counted::attempts, upstream));
  count_also(sample, "security", outbound(Counted::by_security, upstream, security));
  count_endpoint(sample, Counted::endpoint_requests);
}

void LinkerdTraffic::answer(const Sample& sample, const LinkerdTruth& truth) {
  const bool out = is_outbound(sample);
  if (out && sample.label("classification") == "failure") {
    count_endpoint(sample, Counted::endpoint_failures);
  }
  const auto outcome = outcome_of_answer(sample);
  if (!outcome || (!out && is_admin(sample))) return;
  const auto& [counted, detail] = *outcome;
  if (!out) {
    count(sample, inbound(counted, detail));
  } else if (truth.counts_calls(sample)) {
    count(sample, outbound(counted, upstream_of_endpoint(sample), detail));
  } else {
    count(sample, followed_only());
  }
}

void LinkerdTraffic::profile_answer(const Sample& sample, const LinkerdTruth&) {
  const auto outcome = outcome_of_answer(sample);
  if (!outcome || !is_outbound(sample)) return;
  count(sample, of_profile(sample, outcome->counted, outcome->detail));
}

void LinkerdTraffic::connection(const Sample& sample, const LinkerdTruth&) {
  if (!is_outbound(sample) || sample.label("peer") != "dst") return;
  count(sample, outbound(Counted::connections, upstream_of_endpoint(sample)));
  count_endpoint(sample, Counted::endpoint_connections);
}

void LinkerdTraffic::grpc_call(const Sample& sample, const LinkerdTruth& truth) {
  const std::string upstream = called_in(sample, truth);
  const Outcome outcome = outcome_of_call(sample);
  count(sample, outbound(outcome.counted, upstream, outcome.detail));
  if (timed_out(sample)) {
    count_also(sample, "timeouts", outbound(Counted::timeouts, upstream, "request"));
  }
  if (found_no_endpoint(sample)) {
    count_also(sample, "picks", outbound(Counted::unhealthy_picks, upstream, "none"));
  }
}

void LinkerdTraffic::http_request(const Sample& sample, const LinkerdTruth& truth) {
  if (!found_no_endpoint(sample)) return;
  count(sample, outbound(Counted::unhealthy_picks, called_in(sample, truth), "none"));
}

void LinkerdTraffic::denial(const Sample& sample, const LinkerdTruth&) {
  if (!is_admin(sample)) count(sample, inbound(Counted::denials, "enforced"));
}

void LinkerdTraffic::retry(const Sample& sample, const LinkerdTruth& truth) {
  const std::string upstream = called_in(sample, truth);
  const auto ends = [&](std::string_view what) { return sample.name.ends_with(what); };
  if (ends("_overflow_total")) {
    count(sample, outbound(Counted::overflows, upstream, "retries"));
  } else {
    count(sample, outbound(Counted::retries, upstream,
                           ends("_requests_total")    ? "started"
                           : ends("_successes_total") ? "succeeded"
                                                      : "limit_exceeded"));
  }
}

// What might have been retried, and of that what was not.
void LinkerdTraffic::budget(const Sample& sample, const LinkerdTruth&) {
  if (!is_outbound(sample) || sample.label("skipped") != "no_budget") return;
  count(sample, outbound(Counted::overflows, sample.label("dst"), "retries"));
}

void LinkerdTraffic::answer_time(const Sample& sample, const LinkerdTruth& truth) {
  const bool out = is_outbound(sample);
  if (!out && is_admin(sample)) return;
  SeriesKey key = out ? outbound(Counted::duration_bucket, upstream_of_endpoint(sample))
                      : inbound(Counted::duration_bucket);
  if (!truth.times_calls(sample)) key = followed_only();
  if (truth.times() <= PageCounters::most_times) count_time(sample, std::move(key));
}

void LinkerdTraffic::profile_time(const Sample& sample, const LinkerdTruth& truth) {
  SeriesKey key = of_profile(sample, Counted::duration_bucket, "");
  if (!is_outbound(sample)) return;
  if (truth.times() <= PageCounters::most_times) count_time(sample, std::move(key));
}

void LinkerdTraffic::count(const Sample& sample, SeriesKey key) {
  if (names_no_method(key)) ++ambiguous_;
  if (!counters_.add(sample, std::move(key), sample.value)) note_unreadable(sample);
}

void LinkerdTraffic::count_also(const Sample& sample, std::string_view as, SeriesKey key) {
  const std::string name = std::string(sample.name).append(" ").append(as);
  count(Sample{name, sample.labels, sample.value}, std::move(key));
}

void LinkerdTraffic::count_endpoint(const Sample& sample, Counted counted) {
  const std::string_view address = sample.label("target_addr");
  if (address.empty()) return;
  SeriesKey key = outbound(counted, upstream_of_endpoint(sample), address);
  if (!endpoints_.add(sample, std::move(key), sample.value)) note_unreadable(sample);
}

void LinkerdTraffic::count_time(const Sample& sample, SeriesKey key) {
  if (!counters_.add_time(sample, std::move(key))) note_unreadable(sample);
}

void LinkerdTraffic::note_unreadable(const Sample& sample) { unreadables_.add(words_of(sample)); }

void LinkerdTraffic::tell(Readings& readings) {
  mesh::note_unreadable(unreadables_.count(), unreadables_.sample(), readings);
  readings.ambiguous = ambiguous_;
  const bool complete = readings.unreadable == 0;
  readings.traffic = counters_.end(complete);
  readings.endpoints = endpoints_.end(complete);
}

}  // namespace mesh
