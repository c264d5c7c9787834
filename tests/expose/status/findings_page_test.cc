// Findings as people read them, on the start page and on their own, and the areas below.
#include "expose/status/sample_status.h"

namespace mesh::findings_page_test {
namespace {

using testing::HasSubstr;
using testing::Not;

Snapshot pinned() {
  Finding finding;
  finding.name = "traffic_pinned";
  finding.severity = Severity::warning;
  finding.where = "shop/users";
  finding.upstream = "users:1";
  finding.cause = "300 of 300 calls";
  finding.evidence = {{"requests", 300}, {"p_value", 1e-12}};
  finding.remedy = "declare the port as gRPC";
  finding.since = sample::at(1'760'000'002'000 - 60'000);
  Snapshot snapshot = sample::snapshot_of({sample::well("a")});
  snapshot.held_findings = {finding};
  return snapshot;
}

TEST(FindingsPage, says_severity_in_a_word_cause_remedy_and_evidence) {
  for (const char* path : {"/", "/diagnosis"}) {
    EXPECT_THAT(sample::status_main(path, pinned()),
                HasSubstr("<article class=\"finding warning\"><h3><span class=\"badge note\">"
                          "warning</span> <code>traffic_pinned</code> <span class=\"where\">"
                          "shop/users → users:1</span></h3>\n"
                          "<p class=\"cause\">300 of 300 calls</p>\n"
                          "<p class=\"remedy\"><b>Remedy:</b> declare the port as gRPC</p>\n"
                          "<ul class=\"evidence\" aria-label=\"Evidence\"><li>requests 300</li>\n"
                          "<li>p_value &lt; 1e-6</li>\n</ul>"
                          "<p class=\"soft\">since 1m ago · more: docs/runbook.md#traffic_pinned"
                          "</p>\n</article>"));
  }
}

TEST(FindingsPage, has_a_reload_that_was_refused_above_all_on_the_start_page) {
  PageOptions options = sample::options();
  const std::string words = "web.yml was read again and has errors";
  EXPECT_THAT(sample::status_page("/", pinned(), {}, options), Not(HasSubstr(words)));
  options.config.refused = {"web.yml"};
  const std::string html = sample::status_page("/", pinned(), {}, options);
  EXPECT_THAT(html, HasSubstr("<a href=\"/config\">what was read before</a> goes on."));
  EXPECT_LT(html.find(words), html.find("Findings: 1 warning"));
}

TEST(FindingsPage, leads_to_the_runbook_where_one_is_configured) {
  PageOptions options = sample::options();
  options.runbook_base = "https://wiki.test/mesh";
  EXPECT_THAT(sample::status_page("/", pinned(), {}, options),
              HasSubstr("<a href=\"https://wiki.test/mesh#traffic_pinned\">runbook: "
                        "traffic_pinned</a>"));
}

TEST(FindingsPage, has_the_worst_on_top_and_counts_them_in_words) {
  const std::string html = sample::status_main("/", sample::two_sidecars());
  EXPECT_LT(html.find("certificate_expired"), html.find("stale_certificate_in_use"));
  EXPECT_LT(html.find("stale_certificate_in_use"), html.find("Areas"));
  EXPECT_THAT(html, HasSubstr("Findings: 3 critical, 4 warning, 1 info"));
}

TEST(FindingsPage, says_that_nothing_is_wrong_only_if_everything_was_seen) {
  EXPECT_THAT(sample::status_main("/", sample::snapshot_of({sample::well("a")})),
              HasSubstr("Findings: nothing is wrong"));
  TargetState blind = sample::well("b");
  blind.unanswered = {{"/clusters", {Reason::timeout, "/clusters: late"}, {}}};
  EXPECT_THAT(sample::status_main("/", sample::snapshot_of({blind})),
              HasSubstr("Findings: nothing found in what could be seen"));
  EXPECT_THAT(sample::status_main("/", Snapshot{}), HasSubstr("nothing could be looked at"));
}

TEST(FindingsPage, tells_what_does_not_last_long_enough_yet) {
  auto down = std::make_shared<GrpcHealthState>();
  down->whose.ns = "shop";
  down->name = "users";
  down->look.status = HealthStatus::not_serving;
  down->since = down->down_since = sample::at(1'760'000'002'000 - 60'000);
  Snapshot snapshot = sample::snapshot_of({sample::well("users-1")});
  snapshot.grpc_health = {down};
  for (const char* path : {"/", "/diagnosis"}) {
    const std::string html = sample::status_main(path, snapshot);
    EXPECT_THAT(html, HasSubstr("Findings: none that lasts long enough yet"));
    EXPECT_THAT(html, HasSubstr("<h2>Seen now, and not for long enough to be a finding</h2>"));
    EXPECT_THAT(html, HasSubstr("<li>grpc_not_serving shop/users: the server as a whole answers "
                                "NOT_SERVING, since 1m ago</li>"));
  }
}

TEST(FindingsPage, tells_what_was_not_seen_and_what_is_fine) {
  const std::string html = sample::status_main("/diagnosis", sample::two_sidecars());
  EXPECT_THAT(html, HasSubstr("<li>legacy: /server_info: connection refused</li>"));
  EXPECT_THAT(html, HasSubstr("<summary><h2>Looked at, and fine: "));
}

TEST(FindingsPage, tells_when_the_mesh_begins_to_fail) {
  EXPECT_THAT(sample::status_main("/", sample::snapshot_of({sample::client()})),
              HasSubstr("<p class=\"alarm\">1 sidecar cannot renew its certificates"));
}

TEST(FindingsPage, is_narrowed) {
  EXPECT_THAT(sample::status_main("/diagnosis", pinned(), {"elsewhere", "", ""}),
              Not(HasSubstr("traffic_pinned</code>")));
}

TEST(FindingsPage, is_cut_with_a_word_and_a_link) {
  Snapshot snapshot = pinned();
  snapshot.held_findings.assign(250, snapshot.held_findings[0]);
  EXPECT_THAT(
      sample::status_main("/diagnosis", snapshot),
      HasSubstr("and 50 more: 50 traffic_pinned; see <a href=\"/diagnosis\">all findings</a>"));
}

// A hundred of one kind hide no other one.
TEST(FindingsPage, begins_with_a_few_of_each_kind) {
  Snapshot snapshot = sample::two_sidecars();
  snapshot.held_findings.assign(25, pinned().held_findings[0]);
  const std::string html = sample::status_main("/", snapshot);
  EXPECT_THAT(html, HasSubstr("more: 22 traffic_pinned; see "));
  EXPECT_THAT(html, HasSubstr("<code>certificate_expired</code>"));
  EXPECT_THAT(html, HasSubstr("<code>stale_certificate_in_use</code>"));
}

TEST(Overview, has_a_sentence_on_each_area) {
  const std::string html = sample::status_main("/", sample::two_sidecars());
  EXPECT_THAT(html, HasSubstr("<li><a href=\"/targets\">Targets</a><span>2 targets, 1 answered, 1 "
                              "with remarks; the dearest poll took 21 ms; 1 problem in finding "
                              "them</span></li>"));
  EXPECT_LT(html.find("/etc/targets/a.json:1:2: not read"), html.find("Areas"));
  EXPECT_THAT(html, HasSubstr("<a href=\"/certificates\">Certificates</a><span>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"/config\">Config</a><span>in force, read "));
}

}  // namespace
}  // namespace mesh::findings_page_test
