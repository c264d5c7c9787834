// What the commands that ask for a report say of whoever cannot answer them.
#include "app/report_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "app/certificates_command.h"
#include "support/fake_admin.h"

namespace mesh {
namespace {

using testing::FakeAdmin;
using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace habits = testing::habits;

// Each command at an address where something answers every question with this.
class AskedOfAStranger : public ::testing::Test {
 protected:
  void answer(const std::string& body) { stranger_.on_everything(habits::page(body)); }

  ReportOutcome report(std::string_view command, bool json) {
    out_.str("");
    err_.str("");
    ReportFlags flags;
    flags.agent = stranger_.address();
    flags.json = json;
    return show_report(command, flags, std::nullopt, false, out_, err_);
  }

  CertificatesOutcome certificates(bool json) {
    out_.str("");
    err_.str("");
    CertificatesFlags flags;
    flags.agent = stranger_.address();
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
    const std::string table = table_text(one.make({nothing, {}, {}}, {}));
    answer(table);
    EXPECT_EQ(report(one.name, false), ReportOutcome::fine);
    EXPECT_EQ(out_.str(), table);
  }
  answer("no certificates\n");
  EXPECT_EQ(certificates(false), CertificatesOutcome::shown);
}

}  // namespace
}  // namespace mesh
