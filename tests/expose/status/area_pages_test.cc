// The pages of the areas: certificates, balance, upstreams, methods, targets and configuration.
#include "expose/status/sample_status.h"

namespace mesh::area_pages_test {
namespace {

using sample::status_main;
using testing::HasSubstr;
using testing::Not;

// A balance of 600 calls over three endpoints, all on one of them.
Balance all_on_one() {
  Balance balance;
  balance.requests = balance.requests_max = 600;
  balance.endpoints = 3;
  balance.connections = 1;
  balance.imbalance_ratio = 3;
  balance.effective_endpoints = 1;
  balance.verdict = BalanceVerdict::connection_pinned;
  balance.busiest = "10.0.0.7:50051";
  return balance;
}

Snapshot pinned() {
  constexpr const char* users = "users:50051";
  TargetState state = sample::well("storefront-1");
  std::vector<SeriesKey> keys;
  for (const char* address : {"10.0.0.6:50051", "10.0.0.7:50051", "10.0.0.8:50051"}) {
    keys.push_back({Counted::endpoint_requests, Direction::outbound, users, "", "", "", address});
    state.endpoints.push_back({users, "", Direction::outbound, address, EndpointState::ready, 1});
  }
  state.endpoint_requests.keys = sample::keys(std::move(keys));
  state.endpoint_requests.totals = state.endpoint_requests.increases = {0, 600, 0};
  state.endpoint_requests.window_seconds = 60;
  state.balances = {{Direction::outbound, users, "", Chosen::per_connection, all_on_one(), 60}};
  return sample::snapshot_of({state});
}

TEST(BalancePage, says_in_words_that_traffic_is_pinned) {
  const std::string html = status_main("/endpoints", pinned());
  EXPECT_THAT(html, HasSubstr("connection pinned</span> traffic is pinned to 1 of 3 endpoints: 600 "
                              "calls of 600 went to 10.0.0.7:50051, 3 times its share, over 1 "
                              "connection in all; connections are balanced, not calls"));
  EXPECT_THAT(html, HasSubstr("1 upstream and 0 workloads, 1 pinned"));
}

TEST(BalancePage, has_a_bar_for_each_endpoint_the_busiest_first) {
  const std::string html = status_main("/endpoints", pinned());
  EXPECT_THAT(html,
              HasSubstr("<li><span class=\"name\">10.0.0.7:50051<small>1 connection</small>"
                        "</span><svg class=\"bar note\" viewBox=\"0 0 100 1\" "
                        "preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"100\" "
                        "height=\"1\"></rect></svg><span class=\"value\">100 %, 10 "
                        "requests/s</span></li>"));
  EXPECT_LT(html.find("10.0.0.7:50051<small>"), html.find("10.0.0.6:50051<small>"));
}

TEST(BalancePage, shows_the_pods_of_a_workload_the_uneven_first) {
  Snapshot snapshot = pinned();
  WorkloadBalance even;
  even.ns = "shop";
  even.workload = "orders";
  even.balance.verdict = BalanceVerdict::balanced;
  even.balance.endpoints = 2;
  even.balance.requests = 10;
  even.pods = {{Name("orders-0"), 4, 1}, {Name("orders-1"), 6, 1}};
  snapshot.workload_balances = {even};
  const std::string html = status_main("/endpoints", snapshot);
  EXPECT_THAT(html, HasSubstr("balanced</span> calls are spread evenly over 2 pods"));
  EXPECT_THAT(html, HasSubstr("60 %, 6 calls"));
  EXPECT_LT(html.find("storefront-1"), html.find("shop/orders"));
  EXPECT_THAT(status_main("/endpoints", snapshot, {"", "", "users"}), Not(HasSubstr("orders")));
}

TEST(CertificatesPage, has_those_that_end_first_on_top_with_a_bar_of_what_is_left) {
  const std::string html = status_main("/certificates", sample::two_sidecars());
  EXPECT_THAT(html, HasSubstr("expired 3s ago"));
  EXPECT_THAT(html, HasSubstr("<svg class=\"bar "));
  EXPECT_LT(html.find("expired 3s ago"), html.find(" left of "));
}

TEST(CertificatesPage, is_as_alarmed_by_an_end_within_the_day_as_the_finding) {
  const auto shown = [](std::chrono::hours left) {
    TargetState state = sample::client();
    CertificatePlace place = *sample::certificates();
    place.known.resize(1);
    Certificate& leaf = place.known[0].in_use;
    const std::chrono::sys_seconds now(std::chrono::seconds(1'760'000'000));
    leaf.not_before = now - std::chrono::days(360);
    leaf.not_after = now + left;
    state.certificates = {std::make_shared<const CertificatePlace>(place)};
    return status_main("/certificates", sample::snapshot_of({state}));
  };
  EXPECT_THAT(shown(std::chrono::hours(23)), HasSubstr("badge bad"));
  EXPECT_THAT(shown(std::chrono::hours(25)), HasSubstr("badge note"));
}

TEST(CertificatesPage, says_what_came_of_renewals) {
  const std::string html = status_main("/certificates", sample::two_sidecars());
  EXPECT_THAT(html, HasSubstr("not renewed since it is watched"));
  EXPECT_THAT(html, HasSubstr("renewed "));
  EXPECT_THAT(html, HasSubstr("<li>shop/frontend-0: renewing default failed once, "
                              "key_rotation_failed, and has not succeeded since</li>"));
}

TEST(MethodsPage, has_those_that_fail_first_and_says_how_long_calls_take) {
  const std::string html = status_main("/methods", sample::two_sidecars());
  EXPECT_THAT(html, HasSubstr("<b>user.v1.<wbr>UserService/<wbr>GetUser</b>"));
  EXPECT_THAT(html, HasSubstr("25 %"));
  EXPECT_THAT(html, HasSubstr("1.7 ms on average, half within 5.0 ms, more than 1 % above 1.0 s"));
  EXPECT_THAT(html, HasSubstr("UNAVAILABLE 15"));
  EXPECT_LT(html.find("GetUser</b>"), html.find("Ping</b>"));
  EXPECT_THAT(html, HasSubstr("1 caller or server sees failures, most of "
                              "user.v1.UserService/GetUser, 25 % of its calls"));
}

TEST(MethodsPage, counts_failures_whose_status_is_not_told) {
  const Snapshot snapshot = sample::snapshot_of({sample::without_statuses()});
  const std::string html = status_main("/methods", snapshot);
  EXPECT_THAT(html, HasSubstr(">not known: 10 calls failed with a status that is not told</td>"));
  EXPECT_THAT(html, HasSubstr("10 in; 10 calls failed with a status that is not told</p>"));
  EXPECT_THAT(status_main("/", snapshot), HasSubstr("10 calls failed with a status"));
  Snapshot both = sample::two_sidecars();
  both.targets.push_back(snapshot.targets[0]);
  EXPECT_THAT(status_main("/methods", both),
              HasSubstr("25 % of its calls; 10 calls failed with a status that is not told</p>"));
}

TEST(UpstreamsPage, says_of_which_the_breakers_are_not_told) {
  TargetState telling = sample::client();
  for (Pool& pool : telling.pools) pool.now.open_breakers.clear();
  TargetState state = telling;
  for (Pool& pool : state.pools) pool.now.tells_requests = false;
  const auto pools = sample::snapshot_of({state});
  EXPECT_THAT(status_main("/upstreams", pools), HasSubstr("whether a breaker is open is not told"));
  EXPECT_THAT(status_main("/", pools), HasSubstr("whether a breaker is open is not told"));
  EXPECT_THAT(status_main("/upstreams", sample::snapshot_of({state, telling})),
              HasSubstr("no breaker is open of the 1 that are told"));
}

TEST(UpstreamsPage, says_how_much_room_is_left_and_which_breaker_is_open) {
  TargetState state = sample::client();
  for (Pool& pool : state.pools) {
    pool.now.connections = {3, 4};
    pool.now.open_breakers = {{"default", "pending"}};
    pool.now.pending = {7, std::nullopt};
  }
  const std::string html = status_main("/upstreams", sample::snapshot_of({state}));
  EXPECT_THAT(html, HasSubstr("<b>users.shop.svc.cluster.local:50051</b>"));
  EXPECT_THAT(html, HasSubstr("<span class=\"badge bad\">open: default pending</span>"));
  EXPECT_THAT(html, HasSubstr("<rect width=\"75\" height=\"1\"></rect></svg><span>3 of 4</span>"));
  EXPECT_THAT(html, HasSubstr("<span>7, without a limit</span>"));
  EXPECT_THAT(html, HasSubstr("1 connection pool, 1 has an open breaker"));
}

TEST(TargetsPage, says_how_each_is_reached_how_that_went_and_what_it_cost) {
  TargetState state = sample::well("frontend-0");
  state.proxy = sample::client().proxy;
  state.uptime_seconds = 3601.5;
  const std::string html = status_main("/targets", sample::snapshot_of({state}));
  EXPECT_THAT(html, HasSubstr("<b>shop/frontend-0</b><div class=\"soft\">frontend · envoy · admin "
                              "127.0.0.1:9901</div>"));
  EXPECT_THAT(html, HasSubstr("<span class=\"badge good\">up</span>"));
  EXPECT_THAT(html, HasSubstr(">1.8 s ago</td>"));
  EXPECT_THAT(html, HasSubstr(">21 ms, 33.1 kB, every 15s (0.14 % of the time)</td>"));
  EXPECT_THAT(html, HasSubstr(">1.40.0, up 1 h 0 min</td>"));
}

TEST(TargetsPage, says_why_a_target_is_down) {
  const std::string html = status_main("/targets", sample::snapshot_of({sample::refusing()}));
  EXPECT_THAT(html, HasSubstr("<span class=\"badge bad\">down</span>"));
  EXPECT_THAT(html, HasSubstr(">never</td>"));
  EXPECT_THAT(html, HasSubstr("<li class=\"alarm\">last error: connect: /server_info: connection "
                              "refused</li>"));
}

TEST(TargetsPage, remembers_the_last_error_of_a_target_that_is_back) {
  TargetState state = sample::well("a");
  state.last_failure = Failure{Reason::timeout, "/stats: late"};
  state.last_failure_at = sample::at(1'760'000'002'000 - 125'000);
  EXPECT_THAT(status_main("/targets", sample::snapshot_of({state})),
              HasSubstr("<li class=\"soft\">last error 2 min 5 s ago: timeout: /stats: late"));
}

TEST(TargetsPage, does_not_call_a_target_well_of_which_there_is_something_to_say) {
  const std::string html = status_main("/targets", sample::snapshot_of({sample::client()}));
  EXPECT_THAT(html, HasSubstr("<span class=\"badge note\">up, 3 remarks</span>"));
  EXPECT_THAT(html, HasSubstr("<ul><li>1 line unreadable in all, none in the last answer</li>\n"
                              "<li>names ambiguous: 4 (only the metrics page is asked)</li>"));
}

TEST(TargetsPage, has_first_who_needs_somebody) {
  TargetState fresh;
  fresh.target.pod = "fresh";
  const std::string html = status_main(
      "/targets",
      sample::snapshot_of({sample::well("well"), sample::client(), fresh, sample::refusing()}));
  const auto place = [&html](const char* name) { return html.find(name); };
  EXPECT_LT(place("<b>legacy</b>"), place("<b>fresh</b>"));
  EXPECT_LT(place("<b>fresh</b>"), place("<b>shop/frontend-0</b>"));
  EXPECT_LT(place("<b>shop/frontend-0</b>"), place("<b>shop/well</b>"));
  EXPECT_THAT(html, HasSubstr("not asked yet"));
}

TEST(TargetsPage, shows_no_query_and_no_variable_of_an_address) {
  TargetState state = sample::refusing();
  state.target.admin.reset();
  state.target.metrics = HttpEndpoint{{"h", 1, ""}, "/m?token=hush"};
  EXPECT_THAT(status_main("/targets", sample::snapshot_of({state})),
              HasSubstr("metrics h:1/m?…</div>"));
  state.target.metrics = HttpEndpoint{{"h", 1, ""}, "/hush?a=b", "/<redacted>?a=b"};
  EXPECT_THAT(status_main("/targets", sample::snapshot_of({state})),
              HasSubstr("metrics h:1/&lt;redacted&gt;?…</div>"));
}

TEST(TargetsPage, shows_what_else_is_looked_at_and_what_cannot_be_found) {
  Snapshot snapshot = sample::two_sidecars();
  TlsEndpointState gone = sample::gateway();
  gone.up = false;
  gone.failure = Failure{Reason::tls, "does not speak TLS: answered \"<b>\""};
  snapshot.tls_endpoints.push_back(std::make_shared<const TlsEndpointState>(gone));
  DiscoveryOutcome found = *snapshot.discovery;
  found.sources[0].problems.assign(22, "/etc/<t>.json:1:2: not read");
  snapshot.discovery = std::make_shared<const DiscoveryOutcome>(std::move(found));
  ShownPlaces shown;
  shown.left_out = 95'000;
  snapshot.shown_files = std::make_shared<const ShownPlaces>(shown);
  const std::string html = status_main("/targets", snapshot);
  EXPECT_THAT(html, HasSubstr("<b>shop/gateway</b><div class=\"soft\">10.0.0.9:8443</div>"));
  EXPECT_THAT(html, HasSubstr("TLSv1.3 TLS_AES_256_GCM_SHA384 h2"));
  EXPECT_THAT(html, HasSubstr("answered &quot;&lt;b&gt;&quot;"));
  EXPECT_THAT(html, HasSubstr("<li>shop/batch-0: no sidecar</li>"));
  EXPECT_THAT(html, HasSubstr("/etc/&lt;t&gt;.json:1:2: not read"));
  EXPECT_THAT(html, HasSubstr("<li>and 2 more</li>"));
  EXPECT_THAT(html, HasSubstr("95000 certificates of files are not shown, those that expire last"));
}

TEST(ConfigPage, shows_the_configuration_in_force_and_its_warnings) {
  PageOptions options = sample::options();
  Config config;
  config.warnings = {"a.yaml:3:4: hardly meant"};
  options.in_force = std::make_shared<const Config>(config);
  const std::string html = sample::status_page("/config", Snapshot{}, {}, options);
  EXPECT_THAT(html, HasSubstr("<li>a.yaml:3:4: hardly meant</li>"));
  EXPECT_THAT(html, HasSubstr("poll:\n  interval: 15s\n"));
  options.config.refused = {"web.yml"};
  EXPECT_THAT(
      sample::status_page("/config", Snapshot{}, {}, options),
      HasSubstr(">web.yml was read again and has errors, which are in the log; what was read "
                "before goes on"));
  options.config.refused = {"a.yaml", "web.yml"};
  EXPECT_THAT(sample::status_page("/config", Snapshot{}, {}, options),
              HasSubstr(">a.yaml and web.yml were read again and have errors, "));
}

}  // namespace
}  // namespace mesh::area_pages_test
