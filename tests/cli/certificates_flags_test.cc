// The flags of `mesh_exporter certificates`, and what is said about wrong ones.
#include "cli/certificates_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mesh::certificates_flags_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<CertificatesFlags> parse(std::vector<const char*> arguments) {
  return parse_certificates_flags(arguments);
}

CertificatesFlags flags(std::vector<const char*> arguments) {
  auto parsed = parse(std::move(arguments));
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
  return parsed ? *parsed : CertificatesFlags{};
}

std::string error(std::vector<const char*> arguments) {
  const auto parsed = parse(std::move(arguments));
  return parsed ? "" : parsed.error().message;
}

TEST(CertificatesFlags, ask_the_agent_of_this_machine_by_default) {
  const CertificatesFlags none = flags({});
  EXPECT_THAT(none.files, IsEmpty());
  EXPECT_THAT(none.connect, IsEmpty());
  EXPECT_EQ(none.agent.address, (Address{"127.0.0.1", 10420, ""}));
  EXPECT_EQ(none.sort, RowOrder::where);
  EXPECT_FALSE(none.all || none.json || none.help);
}

TEST(CertificatesFlags, take_what_a_shell_makes_of_a_pattern) {
  EXPECT_THAT(flags({"--file", "a.pem", "b.pem", "c.pem"}).files,
              ElementsAre("a.pem", "b.pem", "c.pem"));
  EXPECT_THAT(flags({"--file=a.pem", "--file=b.pem"}).files, ElementsAre("a.pem", "b.pem"));
}

TEST(CertificatesFlags, take_servers) {
  const CertificatesFlags given =
      flags({"--connect", "a:1", "[::1]:2", "--sni=x.org", "--alpn=istio", "--alpn=h2"});
  EXPECT_THAT(given.connect, ElementsAre(Address{"a", 1, ""}, Address{"::1", 2, ""}));
  EXPECT_EQ(given.sni, "x.org");
  EXPECT_THAT(given.alpn, ElementsAre("istio", "h2"));
}

TEST(CertificatesFlags, take_form_and_order) {
  const CertificatesFlags given =
      flags({"--sort=remaining", "--all", "--output=json", "--agent=node:1"});
  EXPECT_EQ(given.sort, RowOrder::remaining);
  EXPECT_TRUE(given.all);
  EXPECT_TRUE(given.json);
  EXPECT_EQ(given.agent.address, (Address{"node", 1, ""}));
  EXPECT_EQ(flags({"--config.file=c.yaml"}).config_file, "c.yaml");
  EXPECT_TRUE(flags({"-h"}).help);
}

TEST(CertificatesFlags, take_a_namespace_and_a_pod) {
  EXPECT_EQ(flags({"--namespace=shop", "--pod", "users-0"}).filter,
            (ReportFilter{"shop", "users-0", ""}));
  EXPECT_EQ(error({"--pod=a", "--file=f"}), "--pod: not together with --file or --connect");
  EXPECT_EQ(error({"--upstream=a"}), "unknown flag \"--upstream\"; try --help");
}

TEST(CertificatesFlags, take_text_and_its_old_name) {
  EXPECT_FALSE(flags({"--output=text"}).json);
  EXPECT_FALSE(flags({"--output=table"}).json);
}

TEST(CertificatesFlags, name_a_wrong_value) {
  EXPECT_EQ(error({"--connect=a"}), "--connect: \"a\" has no port; expected HOST:PORT");
  EXPECT_EQ(error({"--connect=http://127.0.0.1:1"}),
            "--connect: \"http://127.0.0.1:1\" is a URL; expected HOST:PORT alone");
  EXPECT_EQ(error({"--connect=:443"}), "--connect: \":443\" has no host; expected HOST:PORT");
  EXPECT_THAT(error({"--agent=a:0"}), HasSubstr("--agent: \"a:0\" "));
  EXPECT_EQ(error({"--sort=size"}),
            "--sort: unknown order \"size\"; expected where, remaining, identity or status");
  EXPECT_EQ(error({"--output=yaml"}), "--output: unknown form \"yaml\"; expected text or json");
}

TEST(CertificatesFlags, name_what_does_not_go_together) {
  EXPECT_EQ(error({"--config.file=c", "--file=f"}),
            "--config.file: not together with --file or --connect");
  EXPECT_EQ(error({"--agent=a:1", "--connect=b:1"}),
            "--agent: not together with --file, --connect or --config.file");
  EXPECT_EQ(error({"--sni=a"}), "--sni: without --connect");
  EXPECT_EQ(error({"--alpn=a", "--file=f"}), "--alpn: without --connect");
  EXPECT_EQ(error({"--password.file=p"}), "--password.file: without --file");
}

TEST(CertificatesFlags, refuse_names_that_no_handshake_can_carry) {
  const std::string most(255, 'a');
  const std::string sni = "--sni=" + most, alpn = "--alpn=" + most;
  const std::string longer_sni = sni + "a", longer_alpn = alpn + "a";
  EXPECT_EQ(flags({"--connect=a:1", sni.c_str(), alpn.c_str()}).sni, most);
  EXPECT_THAT(error({"--connect=a:1", longer_sni.c_str()}), HasSubstr("is longer than 255 bytes"));
  EXPECT_THAT(error({"--connect=a:1", longer_alpn.c_str()}), HasSubstr("is longer than 255 bytes"));
}

TEST(CertificatesFlags, name_an_argument_that_belongs_to_nothing) {
  EXPECT_EQ(error({"a.pem"}), "unexpected argument \"a.pem\"; try --help");
  EXPECT_EQ(error({"--file=a", "--connect=b:1", "c"}), "unexpected argument \"c\"; try --help");
  EXPECT_EQ(error({"--flie=a"}), "unknown flag \"--flie\"; did you mean --file?");
  EXPECT_EQ(error({"--all", "--all"}), "--all: given 2 times");
}

TEST(CertificatesHelp, lists_the_flags) {
  EXPECT_THAT(certificates_help_text(), HasSubstr("--connect=HOST:PORT"));
}

}  // namespace
}  // namespace mesh::certificates_flags_test
