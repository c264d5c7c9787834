// Families about endpoints, sidecars, targets and the exporter: one literal state in, its samples
// out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "expose/frontend.h"

namespace mesh::state_families_test {
namespace {

using sample::answering;
using sample::frontend;
using sample::keys;
using sample::render;
using sample::samples;
using sample::snapshot_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TargetState with_endpoints(std::vector<std::string> counted,
                           std::vector<EndpointReading> endpoints) {
  TargetState state = answering("frontend-0");
  std::vector<SeriesKey> list;
  for (std::string& address : counted) {
    list.push_back({Counted::endpoint_requests, Direction::outbound, "users:1", "", "", "",
                    std::move(address)});
  }
  state.endpoint_requests.totals.assign(list.size(), 1);
  state.endpoint_requests.keys = keys(std::move(list));
  state.endpoints = std::move(endpoints);
  return state;
}

EndpointReading endpoint(std::string upstream, std::string address, std::uint64_t connections,
                         EndpointState state = EndpointState::ready) {
  return {std::move(upstream), "", Direction::outbound, std::move(address), state, connections};
}

TEST(Endpoints, are_counted_in_each_state_zero_included) {
  const TargetState state =
      with_endpoints({}, {endpoint("users:1", "a:1", 1), endpoint("users:1", "b:1", 1),
                          endpoint("users:1", "c:1", 0, EndpointState::draining)});
  EXPECT_THAT(
      samples(render(snapshot_of({state})), "mesh_upstream_endpoints"),
      ElementsAre(HasSubstr(R"(state="ready"} 2)"), HasSubstr(R"(state="ejected"} 0)"),
                  HasSubstr(R"(state="unhealthy"} 0)"), HasSubstr(R"(state="draining"} 1)")));
}

TEST(Endpoints, that_a_balancer_counts_are_those_it_counts) {
  TargetState state = with_endpoints({}, {endpoint("users:1", "a:1", 1)});
  state.endpoint_counts = {{"users:1", EndpointState::ready, 3},
                           {"users:1", EndpointState::unhealthy, 2},
                           {"orders:1", EndpointState::ready, 1}};
  EXPECT_THAT(samples(render(snapshot_of({state})), "mesh_upstream_endpoints"),
              ElementsAre(HasSubstr(R"(upstream="orders:1",state="ready"} 1)"),
                          HasSubstr(R"(state="ejected"} 0)"), HasSubstr(R"(state="unhealthy"} 0)"),
                          HasSubstr(R"(state="draining"} 0)"),
                          HasSubstr(R"(upstream="users:1",state="ready"} 3)"),
                          HasSubstr(R"(state="ejected"} 0)"), HasSubstr(R"(state="unhealthy"} 2)"),
                          HasSubstr(R"(state="draining"} 0)")));
}

TEST(Pools, say_nothing_of_requests_and_breakers_that_are_not_told) {
  TargetState state = answering("frontend-0");
  state.pools.emplace_back().upstream = "users:1";
  state.pools[0].is_told = true;
  state.pools[0].now.connections.active = 4;
  state.pools[0].now.tells_requests = false;
  const std::string page = render(snapshot_of({state}));
  EXPECT_THAT(samples(page, "mesh_upstream_connections"), ElementsAre(HasSubstr("} 4")));
  EXPECT_THAT(samples(page, "mesh_upstream_requests_active"), IsEmpty());
  EXPECT_THAT(samples(page, "mesh_upstream_circuit_breaker_open"), IsEmpty());
}

TEST(Endpoints, over_the_limit_have_their_connections_in_other) {
  const TargetState state = with_endpoints(
      {"a:1", "other"}, {endpoint("users:1", "a:1", 1), endpoint("users:1", "b:1", 2),
                         endpoint("users:1", "c:1", 4)});
  EXPECT_THAT(samples(render(snapshot_of({state})), "mesh_upstream_endpoint_connections"),
              ElementsAre(HasSubstr(R"(endpoint="a:1",endpoint_pod=""} 1)"),
                          HasSubstr(R"(endpoint="other",endpoint_pod=""} 6)")));
}

TEST(Endpoints, of_an_upstream_over_the_limit_belong_to_the_upstream_other) {
  TargetState state =
      with_endpoints({"a:1"}, {endpoint("users:1", "a:1", 1), endpoint("orders:1", "b:1", 2)});
  state.endpoint_requests.keys =
      keys({(*state.endpoint_requests.keys)[0],
            {Counted::endpoint_requests, Direction::outbound, "other", "", "", "", "b:1"}});
  state.endpoint_requests.totals = {1, 1};
  const std::string page = render(snapshot_of({state}));
  EXPECT_THAT(samples(page, "mesh_upstream_endpoint_connections"),
              ElementsAre(HasSubstr(R"(upstream="users:1",endpoint="a:1")"),
                          HasSubstr(R"(upstream="other",endpoint="b:1")")));
  EXPECT_THAT(page, Not(HasSubstr("orders:1")));
}

TEST(Endpoints, whose_requests_were_never_heard_keep_their_names) {
  const TargetState state = with_endpoints({}, {endpoint("users:1", "a:1", 3)});
  EXPECT_THAT(samples(render(snapshot_of({state})), "mesh_upstream_endpoint_connections"),
              ElementsAre(HasSubstr(R"(upstream="users:1",endpoint="a:1",endpoint_pod=""} 3)")));
}

TEST(Sidecar, is_in_exactly_one_of_its_states) {
  TargetState state = answering("frontend-0");
  state.proxy = Proxy{"1.40.0", "", "", ProxyState::draining, {}};
  EXPECT_THAT(samples(render(snapshot_of({state})), "mesh_sidecar_state"),
              ElementsAre(HasSubstr(R"(state="live"} 0)"), HasSubstr(R"(state="draining"} 1)"),
                          HasSubstr(R"(state="pre_initializing"} 0)"),
                          HasSubstr(R"(state="initializing"} 0)")));
}

TEST(Sidecar, says_nothing_while_the_proxy_is_unknown) {
  EXPECT_THAT(render(snapshot_of({answering("frontend-0")})), Not(HasSubstr("mesh_sidecar")));
}

TEST(Sidecar, has_no_uptime_where_its_start_is_unknown) {
  TargetState state = answering("frontend-0");
  state.proxy = Proxy{"1.40.0", "", "", ProxyState::live, {}};
  EXPECT_THAT(render(snapshot_of({state})), Not(HasSubstr("mesh_sidecar_uptime_seconds")));
}

TEST(Target, is_neither_up_nor_down_before_it_was_polled) {
  TargetState state;
  state.target.pod = "new";
  const std::string page = render(snapshot_of({state}));
  EXPECT_THAT(samples(page, "mesh_target_up"), IsEmpty());
  EXPECT_THAT(samples(page, "mesh_target_scrape_duration_seconds"), IsEmpty());
}

TEST(Target, that_refuses_is_down_and_has_no_last_success) {
  const std::string page = render(snapshot_of({sample::refusing()}));
  EXPECT_THAT(samples(page, "mesh_target_up"), ElementsAre(HasSubstr(R"(pod="legacy")")));
  EXPECT_THAT(samples(page, "mesh_target_up"), ElementsAre(HasSubstr("} 0")));
  EXPECT_THAT(samples(page, "mesh_target_last_success_timestamp_seconds"), IsEmpty());
}

TEST(Target, has_an_error_counter_for_each_reason_from_the_start) {
  EXPECT_THAT(samples(render(snapshot_of({sample::refusing()})), "mesh_target_scrape_errors_total"),
              ElementsAre(HasSubstr(R"(reason="connect"} 12)"), HasSubstr(R"(reason="timeout"} 0)"),
                          HasSubstr(R"(reason="tls"} 0)"), HasSubstr(R"(reason="http_status"} 0)"),
                          HasSubstr(R"(reason="too_large"} 0)"), HasSubstr(R"(reason="parse"} 0)"),
                          HasSubstr(R"(reason="forbidden"} 0)")));
}

TEST(Target, that_is_asked_by_tls_may_lack_a_file_of_ours) {
  TargetState state = answering("orders-0");
  state.target.grpc.emplace().tls.emplace();
  ++state.failures[static_cast<std::size_t>(Reason::not_asked)];
  EXPECT_THAT(samples(render(snapshot_of({state})), "mesh_target_scrape_errors_total"),
              testing::Contains(HasSubstr(R"(reason="not_asked"} 1)")));
}

TEST(Target, statements_are_not_added_up_when_two_have_the_same_identity) {
  const TargetState state = answering("frontend-0");
  EXPECT_THAT(samples(render(snapshot_of({state, state})), "mesh_target_up"),
              ElementsAre("mesh_target_up{" + frontend + "} 1"));
}

TEST(Target, shows_the_pace_in_force) {
  TargetState state = answering("frontend-0");
  state.poll_interval = std::chrono::milliseconds(60'500);
  EXPECT_THAT(samples(render(snapshot_of({state})), "mesh_target_poll_interval_seconds"),
              ElementsAre(HasSubstr("} 60.5")));
}

TEST(Exporter, tells_the_age_of_the_snapshot) {
  EXPECT_THAT(samples(render(snapshot_of({})), "mesh_exporter_snapshot_age_seconds"),
              ElementsAre("mesh_exporter_snapshot_age_seconds 1.5"));
}

TEST(Exporter, has_no_age_and_no_pass_before_the_first_pass) {
  const std::string page = render(Snapshot());
  EXPECT_THAT(page, Not(HasSubstr("mesh_exporter_snapshot_age_seconds")));
  EXPECT_THAT(page, Not(HasSubstr("mesh_exporter_pass_duration_seconds")));
  EXPECT_THAT(samples(page, "mesh_exporter_targets"), ElementsAre("mesh_exporter_targets 0"));
}

TEST(Exporter, counts_what_was_folded_by_family) {
  Snapshot snapshot;
  snapshot.folded = {{"mesh_grpc_requests_total", 0}, {"mesh_upstream_resets_total", 5}};
  EXPECT_THAT(
      samples(render(snapshot), "mesh_exporter_series_folded_total"),
      ElementsAre(R"(mesh_exporter_series_folded_total{family="mesh_grpc_requests_total"} 0)",
                  R"(mesh_exporter_series_folded_total{family="mesh_upstream_resets_total"} 5)"));
}

TEST(Exporter, leaves_out_a_number_of_its_process_that_cannot_be_read) {
  const Snapshot snapshot;
  const SelfNumbers self{sample::at(1), {}};
  const PageOptions options;
  const Page page{snapshot, self, options};
  EXPECT_THAT(render_metrics_page(page, Format::prometheus_text), Not(HasSubstr("process_")));
}

TEST(CertificateFiles, are_readable_kept_or_unreadable) {
  Snapshot snapshot;
  snapshot.files = std::make_shared<const WatchedFiles>(WatchedFiles{5, 1, 2, {}, {}});
  EXPECT_THAT(samples(render(snapshot), "mesh_exporter_certificate_files"),
              ElementsAre("mesh_exporter_certificate_files{state=\"readable\"} 2",
                          "mesh_exporter_certificate_files{state=\"kept\"} 1",
                          "mesh_exporter_certificate_files{state=\"unreadable\"} 2"));
}

TEST(CertificatesLeftOut, are_counted_by_source_whatever_left_them_out) {
  Snapshot snapshot = sample::two_sidecars();  // the client's admin port leaves out 3
  WatchedFile file;
  CertificatePlace place;
  place.source = CertificateSource::file;
  place.left_out = 5;
  file.certificates = std::make_shared<const CertificatePlace>(place);
  snapshot.files = std::make_shared<const WatchedFiles>(
      WatchedFiles{1, 0, 0, {}, {std::make_shared<const WatchedFile>(file)}});
  ShownPlaces shown;
  shown.left_out = 100;
  snapshot.shown_files = std::make_shared<const ShownPlaces>(shown);
  EXPECT_THAT(samples(render(snapshot), "mesh_exporter_certificates_left_out"),
              ElementsAre("mesh_exporter_certificates_left_out{source=\"admin\"} 3",
                          "mesh_exporter_certificates_left_out{source=\"handshake\"} 0",
                          "mesh_exporter_certificates_left_out{source=\"proxy\"} 0",
                          "mesh_exporter_certificates_left_out{source=\"file\"} 105",
                          "mesh_exporter_certificates_left_out{source=\"secret\"} 0"));
}

TEST(Resources, that_a_kubelet_tells_have_no_control_group_and_nothing_else_is_made_up) {
  TargetState state = answering("frontend-0");
  state.resources.emplace();
  state.resources->source = ResourceSource::kubelet;
  state.resources->working_set = 1000;
  const std::string page = render(snapshot_of({state}));
  EXPECT_THAT(samples(page, "mesh_sidecar_memory_bytes"), ElementsAre(HasSubstr("} 1000")));
  for (const char* untold : {"mesh_sidecar_cgroup_readable", "mesh_sidecar_memory_peak_bytes",
                             "mesh_sidecar_memory_limit_bytes", "mesh_sidecar_oom_kills_total",
                             "mesh_sidecar_cpu_seconds_total"}) {
    EXPECT_THAT(samples(page, untold), IsEmpty()) << untold;
  }
  state.resources->source = ResourceSource::cgroup;
  EXPECT_THAT(samples(render(snapshot_of({state})), "mesh_sidecar_cgroup_readable"),
              ElementsAre(HasSubstr("} 1")));
}

}  // namespace
}  // namespace mesh::state_families_test
