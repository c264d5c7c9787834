// The flags of `mesh_exporter probe`, and what is said about wrong ones.
#include "cli/probe_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mesh::probe_flags_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

ProbeFlags flags(std::vector<const char*> arguments) {
  auto parsed = parse_probe_flags(arguments);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
  return parsed ? *parsed : ProbeFlags{};
}

std::string error(std::vector<const char*> arguments) {
  const auto parsed = parse_probe_flags(arguments);
  return parsed ? "" : parsed.error().message;
}

TEST(ProbeFlags, name_a_server) {
  const ProbeFlags plain = flags({"users:50051"});
  EXPECT_EQ(plain.server, (GrpcServer{{"users", 50051, ""}, std::nullopt, ""}));
  EXPECT_THAT(plain.services, ElementsAre(""));
  EXPECT_EQ(plain.timeout, 5s);
  EXPECT_FALSE(plain.json || plain.help);
  EXPECT_TRUE(flags({"--help"}).help);
}

TEST(ProbeFlags, name_a_socket) {
  for (const char* text : {"unix:/run/users.sock", "unix:///run/users.sock"}) {
    EXPECT_EQ(flags({text}).server.address, (Address{"", 0, "/run/users.sock"})) << text;
  }
}

TEST(ProbeFlags, say_how_it_wants_to_be_asked) {
  const ProbeFlags given = flags({"--service=a.B", "--service", "c", "[::1]:1", "--tls",
                                  "--authority=users.shop", "--timeout=300ms", "--output=json"});
  EXPECT_EQ(given.server, (GrpcServer{{"::1", 1, ""}, GrpcTls{}, "users.shop"}));
  EXPECT_THAT(given.services, ElementsAre("a.B", "c"));
  EXPECT_EQ(given.timeout, 300ms);
  EXPECT_TRUE(given.json);
}

TEST(ProbeFlags, ask_for_the_whole_server_beside_its_services) {
  EXPECT_THAT(flags({"a:1", "--service=", "--service=x"}).services, ElementsAre("", "x"));
  EXPECT_THAT(flags({"--service=x", "--service", "", "a:1"}).services, ElementsAre("x", ""));
  EXPECT_EQ(error({"a:1", "--authority="}), "--authority: the value is missing");
  EXPECT_EQ(error({"a:1", "--service"}), "--service: the value is missing");
  EXPECT_EQ(error({"a:1", "--service", "--tls"}), "--service: the value is missing");
}

TEST(ProbeFlags, mean_tls_by_any_of_its_flags) {
  EXPECT_EQ(flags({"a:1", "--tls.ca-file=ca"}).server.tls, (GrpcTls{"ca", "", "", "", ""}));
  EXPECT_EQ(flags({"a:1", "--tls.server-name=n"}).server.tls, (GrpcTls{"", "n", "", "", ""}));
  EXPECT_EQ(flags({"a:1", "--tls.spiffe-id=spiffe://d/u"}).server.tls,
            (GrpcTls{"", "", "spiffe://d/u", "", ""}));
  EXPECT_EQ(flags({"a:1", "--tls.cert-file=c", "--tls.key-file=k"}).server.tls,
            (GrpcTls{"", "", "", "c", "k"}));
}

TEST(ProbeFlags, are_refused_by_name) {
  EXPECT_THAT(error({}), HasSubstr("expected HOST:PORT"));
  EXPECT_EQ(error({"users"}), "\"users\" has no port; expected HOST:PORT or unix:/PATH");
  EXPECT_EQ(error({"unix:a.sock"}), "\"unix:a.sock\" has no absolute path; expected unix:/PATH");
  EXPECT_THAT(error({"a:1", "b:2"}), HasSubstr("b:2"));
  EXPECT_EQ(error({"a:1", "--tls.cert-file=c"}), "--tls.cert-file: without --tls.key-file");
  EXPECT_EQ(error({"a:1", "--tls.key-file=c"}), "--tls.key-file: without --tls.cert-file");
  EXPECT_THAT(error({"a:1", "--tls.spiffe-id=users"}), HasSubstr("\"users\" is no SPIFFE ID"));
  EXPECT_EQ(error({"a:1", "--authority=a b"}), "--authority: \"a b\" is no host name");
  EXPECT_EQ(error({"a:1", "--tls.server-name=a\nb"}),
            "--tls.server-name: \"a\\nb\" is no host name");
  const std::string long_name = "--authority=" + std::string(256, 'a');
  EXPECT_THAT(error({"a:1", long_name.c_str()}), HasSubstr("is longer than 255 bytes"));
  EXPECT_THAT(error({"a:1", "--timeout=0"}), HasSubstr("--timeout"));
  EXPECT_THAT(error({"a:1", "--timeout=soon"}), HasSubstr("--timeout"));
  EXPECT_THAT(error({"a:1", "--output=xml"}), HasSubstr("--output"));
  EXPECT_THAT(error({"a:1", "--tsl"}), HasSubstr("--tsl"));
}

}  // namespace
}  // namespace mesh::probe_flags_test
