// What the commands that ask for a report say of whoever cannot answer them.
#include "app/report_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "app/certificates_command.h"
#include "dialect/dialects.h"
#include "expose/certificate_table.h"
#include "support/fake_admin.h"

namespace mesh::report_command_test {
namespace {

using support::FakeAdmin;
using ::testing::StartsWith;
namespace habits = support::habits;

// Each command at an address where something answers every question with this.
class AskedOfAStranger : public ::testing::Test {
 protected:
  void answer(const std::string& body) { stranger_.on_everything(habits::page(body)); }

  ReportOutcome report(std::string_view command, bool json) {
    out_.str("");
    err_.str("");
    ReportFlags flags;
    flags.agent.address = stranger_.address();
    flags.json = json;
    return show_report(command, flags, std::nullopt, false, out_, err_);
  }

  CertificatesOutcome certificates(bool json) {
    out_.str("");
    err_.str("");
    CertificatesFlags flags;
    flags.agent.address = stranger_.address();
    flags.json = json;
    return show_certificates(flags, std::nullopt, out_, err_);
  }

  void expect_no_agent() {
    EXPECT_EQ(out_.str(), "");
    EXPECT_THAT(err_.str(), StartsWith("mesh_exporter: " + to_string(stranger_.address()) +
                                       " answers, but not as a mesh_exporter of this version; "));
  }

  FakeAdmin stranger_;
  std::ostringstream out_, err_;
};

TEST_F(AskedOfAStranger, nothing_of_what_no_agent_would_say_is_shown) {
  for (const std::string body :
       {"", "<html>\n\n<p>It works!</p>\n", "{\"pod\":1}", "[1]", "[{}]", "[[", "POD\n"}) {
    SCOPED_TRACE(body);
    answer(body);
    for (const bool json : {false, true}) {
      for (const Report& one : reports()) {
        EXPECT_EQ(report(one.name, json), ReportOutcome::could_not_look) << one.name;
        expect_no_agent();
      }
      EXPECT_EQ(report(diagnose_command, json), ReportOutcome::could_not_look);
      expect_no_agent();
      EXPECT_EQ(certificates(json), CertificatesOutcome::could_not_look);
      expect_no_agent();
    }
  }
}

TEST_F(AskedOfAStranger, what_an_agent_would_say_is_shown) {
  answer("[]\n");
  for (const Report& one : reports()) EXPECT_EQ(report(one.name, true), ReportOutcome::fine);
  EXPECT_EQ(certificates(true), CertificatesOutcome::shown);
  EXPECT_EQ(out_.str(), "[]\n");

  const Snapshot nothing;
  for (const Report& one : reports()) {
    EXPECT_EQ(report(one.name, false), ReportOutcome::fine);
    EXPECT_EQ(out_.str(), table_text(one.make({nothing, {}, {}}, {})));
  }
  const CertificateList list = certificate_list({}, std::chrono::system_clock::now(), 0,
                                                CutOff{2, "spiffe://a", "shop/a-0", {}});
  answer(certificate_list_json({}, list));
  EXPECT_EQ(certificates(false), CertificatesOutcome::shown);
  EXPECT_EQ(out_.str(), certificate_text(list));
}

// A proxy as it should be, one that nobody listens for, and those of them that the test names.
class AskedOfTargets : public ::testing::Test {
 protected:
  AskedOfTargets() {
    Target target;
    target.admin = good_.address();
    const Step first = find_dialect("envoy")->open(target, Config{})->begin(Instant{});
    good_.on(std::get<Request>(first).path,
             habits::page("cluster.c.upstream_rq_total: 7\nserver.state: 0\n"));
    good_.on("/server_info",
             habits::page(R"({"version":"abc/1.40.0/Clean/RELEASE/BoringSSL","state":"LIVE",)"
                          R"("uptime_current_epoch":"90s"})"));
    good_.on("/clusters?format=json", habits::page(R"({"cluster_statuses":[{"name":"c"}]})"));
    gone_.refuse();
  }

  ReportOutcome report(std::string_view command, const std::vector<std::string>& names) {
    err_.str("");
    Config config;
    for (const std::string& name : names) {
      Target& target = config.targets.emplace_back();
      target.ns = "shop";
      target.pod = name;
      target.admin = (name == "good" ? good_ : gone_).address();
    }
    ReportFlags flags;
    flags.look_for = std::chrono::seconds(1);
    flags.filter = filter_;
    std::ostringstream out;
    return show_report(command, flags, config, false, out, err_);
  }

  FakeAdmin good_, gone_;
  ReportFilter filter_;
  std::ostringstream err_;
};

TEST_F(AskedOfTargets, those_that_do_not_answer_are_told_with_the_reason) {
  const std::string gone = "mesh_exporter: shop/gone: /stats: connection refused\n";
  for (const std::string_view command : {"methods", "endpoints", "upstreams"}) {
    EXPECT_EQ(report(command, {"gone"}), ReportOutcome::could_not_look) << command;
    EXPECT_EQ(err_.str(), gone);
  }
  EXPECT_EQ(report("endpoints", {"gone", "good"}), ReportOutcome::incomplete);
  EXPECT_EQ(err_.str(), gone);
  EXPECT_EQ(report("endpoints", {"good"}), ReportOutcome::fine);
  EXPECT_EQ(err_.str(), "");
  filter_.pod = "good";
  EXPECT_EQ(report("endpoints", {"gone", "good"}), ReportOutcome::fine);
  EXPECT_EQ(err_.str(), "");
}

TEST_F(AskedOfTargets, one_that_answers_without_its_endpoints_is_told) {
  good_.on("/clusters?format=json", habits::forbidden());
  EXPECT_EQ(report("endpoints", {"good"}), ReportOutcome::incomplete);
  EXPECT_THAT(err_.str(), StartsWith("mesh_exporter: shop/good: "));
}

}  // namespace
}  // namespace mesh::report_command_test
