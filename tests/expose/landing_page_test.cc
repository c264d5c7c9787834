// The page for people, and whether the exporter is ready.
#include "expose/landing_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "expose/readiness.h"
#include "expose/sample_page.h"

namespace mesh {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string landing(const Snapshot& snapshot) {
  const SelfNumbers self = sample::self();
  const PageOptions options = sample::options();
  return render_landing_page({snapshot, self, options});
}

// A target of which there is nothing to remark.
TargetState well(std::string pod) {
  TargetState state = sample::answering(std::move(pod));
  state.target.admin = Address{"127.0.0.1", 9901, ""};
  state.traffic.keys = sample::keys({sample::call("users:1", "Get", "OK")});
  return state;
}

TEST(LandingPage, tells_a_target_that_is_up) {
  TargetState state = well("frontend-0");
  state.proxy = sample::client().proxy;
  state.uptime_seconds = 3601.5;
  EXPECT_THAT(landing(sample::snapshot_of({state})),
              HasSubstr("<tr><td><b>shop/frontend-0</b>"
                        "<div>frontend · envoy · admin 127.0.0.1:9901</div></td>"
                        "<td data-is=\"state\"><span class=\"is up\">up</span></td>"
                        "<td data-is=\"last success\">1.8 s ago</td>"
                        "<td data-is=\"last poll\">21 ms, 33.1 kB</td>"
                        "<td data-is=\"every\">15s</td>"
                        "<td data-is=\"proxy\">1.40.0, up 1 h 0 min</td></tr>\n</tbody>"));
}

TEST(LandingPage, tells_why_a_target_is_down) {
  const std::string html = landing(sample::snapshot_of({sample::refusing()}));
  EXPECT_THAT(html, HasSubstr("<span class=\"is down\">down</span></td>"
                              "<td data-is=\"last success\"><span class=\"soft\">never</span>"));
  EXPECT_THAT(html, HasSubstr("<li class=\"error\">last error: connect: /server_info: connection "
                              "refused</li>"));
}

TEST(LandingPage, remembers_the_last_error_of_a_target_that_is_back) {
  TargetState state = well("a");
  state.last_failure = Failure{Reason::timeout, "/stats: late"};
  state.last_failure_at = sample::at(1'760'000'002'000 - 125'000);
  const std::string html = landing(sample::snapshot_of({state}));
  EXPECT_THAT(html,
              HasSubstr("<li class=\"soft\">last error 2 min 5 s ago: timeout: /stats: late"));
  EXPECT_THAT(html, HasSubstr("<p class=\"sum\">1 target, 1 answered</p>"));
}

TEST(LandingPage, does_not_call_a_target_well_of_which_there_is_something_to_say) {
  const std::string html = landing(sample::snapshot_of({sample::client()}));
  EXPECT_THAT(html, HasSubstr("<span class=\"is note\">up, 3 remarks</span>"));
  EXPECT_THAT(html, HasSubstr("<ul><li>1 line unreadable in all, none in the last answer</li>"
                              "<li>names ambiguous: 4 (only the metrics page is asked)</li>"));
}

TEST(LandingPage, sums_up) {
  const std::string html =
      landing(sample::snapshot_of({well("a"), sample::client(), sample::refusing()}));
  EXPECT_THAT(html,
              HasSubstr("<p class=\"sum\">2 critical, 1 warning, 1 info; 3 targets, 2 answered, "
                        "1 with remarks</p>\n"
                        "<p class=\"soft\">The last pass took 156 ms; what is shown here is "
                        "1.5 s old.</p>"));
  EXPECT_THAT(
      html,
      HasSubstr("<title>2 critical, 1 warning, 1 info; 3 targets, 2 answered, 1 with remarks – "
                "mesh_exporter"));
}

TEST(LandingPage, shows_first_what_needs_somebody) {
  TargetState fresh;
  fresh.target.pod = "fresh";
  const std::string html =
      landing(sample::snapshot_of({well("well"), sample::client(), fresh, sample::refusing()}));
  const auto place = [&html](const char* name) { return html.find(name); };
  EXPECT_LT(place("<b>legacy</b>"), place("<b>fresh</b>"));
  EXPECT_LT(place("<b>fresh</b>"), place("<b>shop/frontend-0</b>"));
  EXPECT_LT(place("<b>shop/frontend-0</b>"), place("<b>shop/well</b>"));
  EXPECT_NE(place("<b>shop/well</b>"), std::string::npos);
}

TEST(LandingPage, tells_of_a_proxy_what_is_known) {
  TargetState state = well("a");
  state.proxy = Proxy{};
  EXPECT_THAT(landing(sample::snapshot_of({state})), HasSubstr("\"proxy\">start unknown</td>"));
  state.proxy->version = "1.40.0";
  EXPECT_THAT(landing(sample::snapshot_of({state})),
              HasSubstr("\"proxy\">1.40.0, start unknown</td>"));
  state.proxy->version = "";
  state.proxy->started = Instant{};
  state.uptime_seconds = 90;
  EXPECT_THAT(landing(sample::snapshot_of({state})), HasSubstr("\"proxy\">up 1 min 30 s</td>"));
}

TEST(LandingPage, shows_the_pace_now_in_force) {
  TargetState state = well("a");
  state.poll_interval = std::chrono::seconds(60);
  EXPECT_THAT(landing(sample::snapshot_of({state})), HasSubstr("<td data-is=\"every\">1m</td>"));
}

TEST(LandingPage, shows_no_query_of_an_address) {
  TargetState state = sample::refusing();
  state.target.admin.reset();
  state.target.metrics = HttpEndpoint{{"h", 1, ""}, "/m?token=hush"};
  state.failure = state.last_failure =
      Failure{Reason::http_status, "/m: HTTP status 404: \"no /m?token=hush, no ?token=hush\""};
  const std::string html = landing(sample::snapshot_of({state}));
  EXPECT_THAT(html, Not(HasSubstr("hush")));
  EXPECT_THAT(html, HasSubstr("metrics h:1/m?…</div>"));
  EXPECT_THAT(html, HasSubstr("404: &quot;no /m?…, no ?…&quot;"));
}

TEST(LandingPage, shows_the_address_that_is_asked) {
  TargetState state = well("a");
  state.target.admin = Address{"", 0, "/run/admin.sock"};
  state.target.metrics = HttpEndpoint{{"h", 1, ""}, "/m"};
  const std::string html = landing(sample::snapshot_of({state}));
  EXPECT_THAT(html, HasSubstr("admin unix:/run/admin.sock</div>"));
  EXPECT_THAT(html, Not(HasSubstr("metrics h:1")));
}

TEST(LandingPage, says_what_this_build_is) {
  EXPECT_THAT(landing(Snapshot()),
              HasSubstr("<footer>mesh_exporter 0.1.0, commit 0123abc, release build, g++ 12.2.0, "
                        "linux/amd64 · running for 16 min 42 s</footer>"));
}

TEST(LandingPage, says_that_nothing_has_been_asked_yet) {
  TargetState state;
  state.target.pod = "new";
  Snapshot snapshot = sample::snapshot_of({state});
  snapshot.pass = {};
  EXPECT_THAT(landing(snapshot), HasSubstr("The first pass over all targets has not ended yet."));
  EXPECT_THAT(landing(snapshot), HasSubstr("not asked yet"));
}

TEST(LandingPage, links_to_the_configured_telemetry_path) {
  const Snapshot snapshot;
  const SelfNumbers self = sample::self();
  PageOptions options = sample::options();
  options.telemetry_path = "/mesh\"metrics";
  EXPECT_THAT(render_landing_page({snapshot, self, options}),
              HasSubstr("<a href=\"/mesh&quot;metrics\">Metrics</a>"));
}

TEST(LandingPage, lets_no_markup_of_others_in) {
  TargetState state = sample::refusing();
  const std::string evil = "<script>alert(1)</script>";
  state.target = {evil, evil, evil, evil, {}, HttpEndpoint{{evil, 1, ""}, evil}};
  state.last_failure = Failure{Reason::parse, evil};
  state.unanswered = {{evil, {Reason::parse, evil}, {}}};
  state.unreadable = state.parse_errors = 1;
  state.unreadable_sample = evil;
  state.folded = {{evil, 1}};
  state.proxy = Proxy{evil, evil, evil, ProxyState::live, {}};
  const std::string html = landing(sample::snapshot_of({state}));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
}

TEST(LandingPage, gives_no_room_to_who_makes_long_names) {
  const std::string evil(100'000, 'x');
  TargetState state = sample::refusing();
  state.target = {evil, evil, evil, evil, {}, HttpEndpoint{{evil, 1, ""}, evil}};
  state.last_failure = Failure{Reason::parse, evil};
  state.unanswered = {{evil, {Reason::parse, evil}, {}}};
  state.unreadable = state.parse_errors = 1;
  state.unreadable_sample = evil;
  state.proxy = Proxy{evil, evil, evil, ProxyState::live, {}};
  EXPECT_LT(landing(sample::snapshot_of({state})).size(), 10'000u);
}

TEST(LandingPage, loads_nothing_from_elsewhere) {
  // Names of certificates are no places.
  std::string html = landing(sample::snapshot_of({sample::client()}));
  const std::string scheme = "spiffe://";
  for (auto at = html.find(scheme); at != html.npos; at = html.find(scheme)) {
    html.erase(at, scheme.size());
  }
  for (const char* way : {"://", "src=", "url(", "@import", "<link", "<script"}) {
    EXPECT_THAT(html, Not(HasSubstr(way)));
  }
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
}

TEST(Readiness, waits_for_the_first_pass) {
  const Readiness now = readiness(Snapshot());
  EXPECT_FALSE(now.ready);
  EXPECT_EQ(now.words, "not ready: the first pass over all targets has not ended yet");
}

TEST(Readiness, counts_the_targets_that_answered) {
  const Readiness now =
      readiness(sample::snapshot_of({sample::client(), sample::client(), sample::refusing()}));
  EXPECT_TRUE(now.ready);
  EXPECT_EQ(now.words, "ready: 2 of 3 targets answered");
}

TEST(Readiness, does_not_wait_for_a_target_that_never_answers) {
  EXPECT_TRUE(readiness(sample::snapshot_of({sample::refusing()})).ready);
}

TEST(LandingPage, shows_findings_first_the_worst_on_top) {
  const std::string html = landing(sample::two_sidecars());
  EXPECT_LT(html.find("certificate_expired"), html.find("stale_certificate_in_use"));
  EXPECT_LT(html.find("stale_certificate_in_use"), html.find("<th>target</th>"));
  EXPECT_THAT(html, HasSubstr("root Root CA expired 3s ago"));
}

TEST(LandingPage, says_of_a_finding_what_diagnose_prints) {
  Finding pinned;
  pinned.name = "traffic_pinned";
  pinned.severity = Severity::warning;
  pinned.where = "shop/users";
  pinned.cause = "300 of 300 calls <b>";
  pinned.evidence = {{"requests", 300}, {"p_value", 1e-12}};
  pinned.remedy = "declare the port as gRPC";
  pinned.since = sample::at(1'760'000'002'000 - 60'000);
  Snapshot snapshot = sample::snapshot_of({sample::answering("a")});
  snapshot.held_findings = {pinned};
  EXPECT_THAT(landing(snapshot),
              HasSubstr("<tbody><tr><td><span class=\"is note\">traffic_pinned</span></td>"
                        "<td>shop/users</td><td>300 of 300 calls &lt;b&gt;"
                        "<div>since 1m ago</div>"
                        "<div>evidence: requests 300, p_value &lt; 1e-6</div>"
                        "<div>remedy: declare the port as gRPC</div>"
                        "<div>more: docs/runbook.md#traffic_pinned</div></td></tr></tbody>"));
}

TEST(LandingPage, links_to_the_other_pages) {
  const std::string html = landing(Snapshot());
  for (const char* link : {"/diagnosis\">Diagnosis", "/methods\">Methods", "/endpoints\">Endpoints",
                           "/upstreams\">Upstreams", "/targets\">Targets",
                           "/certificates?sort=remaining\">Certificates", "/-/ready\">Readiness"}) {
    EXPECT_THAT(html, HasSubstr(std::string("<a href=\"") + link + "</a>"));
  }
}

TEST(LandingPage, tells_when_the_mesh_begins_to_fail) {
  EXPECT_THAT(landing(sample::snapshot_of({sample::client()})),
              HasSubstr("1 sidecar cannot renew its certificates"));
}

TEST(LandingPage, has_no_findings_when_there_are_none) {
  EXPECT_THAT(landing(sample::snapshot_of({sample::answering("a")})), Not(HasSubstr("<th>found")));
}

TEST(LandingPage, shows_the_tls_endpoints) {
  Snapshot snapshot = sample::two_sidecars();
  TlsEndpointState gone = sample::gateway();
  gone.up = false;
  gone.failure = Failure{Reason::tls, "does not speak TLS: answered \"<b>\""};
  snapshot.tls_endpoints.push_back(std::make_shared<const TlsEndpointState>(gone));
  const std::string html = landing(snapshot);
  EXPECT_THAT(html, HasSubstr("shop/gateway<div>10.0.0.9:8443</div>"));
  EXPECT_THAT(html, HasSubstr("TLSv1.3 TLS_AES_256_GCM_SHA384 h2"));
  EXPECT_THAT(html, HasSubstr("answered &quot;&lt;b&gt;&quot;"));
}

TEST(LandingPage, tells_what_cannot_be_found_and_who_is_not_watched) {
  Snapshot snapshot = sample::two_sidecars();
  DiscoveryOutcome found = *snapshot.discovery;
  found.sources[0].problems.assign(12, "/etc/<t>.json:1:2: not read");
  snapshot.discovery = std::make_shared<const DiscoveryOutcome>(std::move(found));
  const std::string html = landing(snapshot);
  EXPECT_THAT(html, HasSubstr("/etc/&lt;t&gt;.json:1:2: not read"));
  EXPECT_THAT(html, HasSubstr("and 2 more in targets by file"));
  EXPECT_THAT(html, HasSubstr("1 pod is not watched: <a href=\"/targets\">targets</a> says why"));
}

TEST(LandingPage, tells_that_not_all_certificates_of_files_are_shown) {
  Snapshot snapshot = sample::two_sidecars();
  EXPECT_THAT(landing(snapshot), Not(HasSubstr("of files")));
  ShownPlaces shown;
  shown.left_out = 95'000;
  snapshot.shown_files = std::make_shared<const ShownPlaces>(shown);
  EXPECT_THAT(landing(snapshot),
              HasSubstr("95000 certificates of files are not shown, those that expire last"));
}

}  // namespace
}  // namespace mesh
