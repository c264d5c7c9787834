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

TEST(LandingPage, tells_a_target_that_is_up) {
  EXPECT_THAT(landing(sample::snapshot_of({sample::client()})),
              HasSubstr("<tr><td>shop/frontend-0</td><td>frontend</td><td class=\"up\">up</td>"
                        "<td>1.8 s ago</td><td class=\"soft\">–</td><td>envoy 1.40.0</td>"
                        "<td>21 ms, 33.1 kB, every 15.0 s</td></tr>"));
}

TEST(LandingPage, tells_why_a_target_is_down) {
  EXPECT_THAT(landing(sample::snapshot_of({sample::refusing()})),
              HasSubstr("<td class=\"down\">down</td><td class=\"soft\">never</td>"
                        "<td class=\"error\">connect: /server_info: connection refused</td>"));
}

TEST(LandingPage, shows_what_is_down_first) {
  const std::string html = landing(sample::snapshot_of({sample::client(), sample::refusing()}));
  EXPECT_LT(html.find("<td>legacy</td>"), html.find("<td>shop/frontend-0</td>"));
  EXPECT_THAT(html, HasSubstr("1 of 2 targets up. The last pass took 156 ms; what is shown here "
                              "is 1.5 s old."));
}

TEST(LandingPage, says_that_a_target_is_asked_less_often) {
  TargetState state = sample::client();
  state.poll_interval = std::chrono::seconds(60);
  EXPECT_THAT(landing(sample::snapshot_of({state})), HasSubstr("every 1 min 0 s (backed off)"));
}

TEST(LandingPage, says_that_a_proxy_is_draining) {
  TargetState state = sample::client();
  state.proxy->state = ProxyState::draining;
  EXPECT_THAT(landing(sample::snapshot_of({state})), HasSubstr("envoy 1.40.0 (draining)"));
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
  state.target = {"envoy", evil, evil, evil, {}, {}};
  state.failure->message = evil;
  state.proxy = Proxy{evil, evil, evil, ProxyState::live, {}};
  EXPECT_THAT(landing(sample::snapshot_of({state})), Not(HasSubstr("<script")));
}

TEST(LandingPage, loads_nothing_from_elsewhere) {
  const std::string html = landing(sample::snapshot_of({sample::client()}));
  EXPECT_THAT(html, Not(HasSubstr("http")));
  EXPECT_THAT(html, Not(HasSubstr("src=")));
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

}  // namespace
}  // namespace mesh
