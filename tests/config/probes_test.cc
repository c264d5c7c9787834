// The section `probes`: what each key gives, and what is said about wrong ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "config/load.h"
#include "config/parse.h"

namespace mesh::probes_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::SizeIs;
using testing::StartsWith;

std::vector<GrpcProbe> probes(const std::string& list) {
  const std::string yaml = "probes: {grpc: [" + list + "]}\n";
  const auto config = parse_config(yaml, "f.yaml", test_context({}));
  EXPECT_TRUE(config) << errors_of(yaml);
  return config ? config->probes.grpc : std::vector<GrpcProbe>{};
}

std::string errors(const std::string& list) {
  return errors_of("probes: {grpc: [" + list + "]}\n");
}

TEST(Probes, need_an_address_only) {
  const auto all = probes("{address: 'users:1'}");
  ASSERT_THAT(all, SizeIs(1));
  GrpcProbe plain;
  plain.name = "users:1";
  plain.whose.mesh = "";
  plain.server.address = {"users", 1, ""};
  EXPECT_EQ(all[0], plain);
  EXPECT_THAT(all[0].services, ElementsAre(""));
  EXPECT_EQ(all[0].interval, 15s);
  EXPECT_EQ(all[0].timeout, 5s);
}

TEST(Probes, have_everything_else) {
  const auto all = probes(
      "{name: u, namespace: shop, workload: w, address: 'users:1', services: ['', a.B], tls: "
      "{ca_file: /ca, server_name: n, spiffe_id: 'spiffe://d/u', client_certificate: /c, "
      "client_key: /k}, authority: h, interval: 2s, timeout: 1s, watch: true}");
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].name, "u");
  EXPECT_EQ(all[0].whose.ns, "shop");
  EXPECT_EQ(all[0].whose.workload, "w");
  EXPECT_EQ(all[0].server,
            (GrpcServer{{"users", 1, ""}, GrpcTls{"/ca", "n", "spiffe://d/u", "/c", "/k"}, "h"}));
  EXPECT_THAT(all[0].services, ElementsAre("", "a.B"));
  EXPECT_EQ(all[0].interval, 2s);
  EXPECT_EQ(all[0].timeout, 1s);
  EXPECT_TRUE(all[0].watch);
}

TEST(Probes, follow_a_short_interval_and_speak_tls_by_an_empty_section) {
  const auto all = probes("{address: 'users:1', interval: 2s, tls: {}}");
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].timeout, 2s);
  EXPECT_EQ(all[0].server.tls, GrpcTls{});
}

TEST(Probes, may_be_behind_a_unix_socket) {
  const auto all = probes("{address: 'unix:/run/a.sock'}, {address: 'unix:///run/b.sock'}");
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].server.address, (Address{"", 0, "/run/a.sock"}));
  EXPECT_EQ(all[0].name, "unix:/run/a.sock");
  EXPECT_EQ(all[1].server.address, (Address{"", 0, "/run/b.sock"}));
  EXPECT_EQ(errors("{address: 'unix:a.sock'}"),
            "f.yaml:1:27: probes.grpc[0].address: \"unix:a.sock\" has no absolute path; expected "
            "unix:/PATH\n");
}

// Of a key: encrypted, whatever is in it.
std::optional<TlsFileFault> encrypted_key(const GrpcTls& tls) {
  if (tls.client_key_file.empty()) return std::nullopt;
  return TlsFileFault{"client_key", tls.client_key_file, "it is encrypted"};
}

TEST(Probes, are_warned_of_where_a_file_cannot_be_used) {
  ConfigContext context = test_context({});
  context.tls_files = encrypted_key;
  const auto config = parse_config(
      "probes: {grpc: [{address: 'a:1', tls: {ca_file: /ca}},\n"
      "  {address: 'b:1', tls: {client_certificate: /c, client_key: /k}}]}\n",
      "f.yaml", context);
  ASSERT_TRUE(config);
  EXPECT_THAT(
      config->warnings,
      ElementsAre("f.yaml:2:62: probes.grpc[1].tls.client_key: \"/k\" cannot be used: it is "
                  "encrypted; without it the server is not reached"));
}

TEST(Probes, are_refused_with_their_place) {
  EXPECT_EQ(errors("{name: a}"),
            "f.yaml:1:17: probes.grpc[0]: the key \"address\" is missing; expected HOST:PORT or "
            "unix:/PATH\n");
  EXPECT_EQ(errors("{address: 'a:1', tls: {ca_file: ca}}"),
            "f.yaml:1:49: probes.grpc[0].tls.ca_file: \"ca\" is not absolute; expected a path that "
            "begins with a slash\n");
  EXPECT_EQ(errors("{address: 'a:1', tls: {spiffe_id: users}}"),
            "f.yaml:1:51: probes.grpc[0].tls.spiffe_id: \"users\" is no SPIFFE ID; expected an "
            "identity such as spiffe://cluster.local/ns/shop/sa/users\n");
  EXPECT_EQ(errors("{address: 'a:1', tls: {client_key: /k}}"),
            "f.yaml:1:52: probes.grpc[0].tls.client_key: without client_certificate; expected both "
            "or none\n");
  EXPECT_EQ(
      errors("{address: 'a:1', timeout: 20s}"),
      "f.yaml:1:43: probes.grpc[0].timeout: \"20s\" is above the interval; expected it not to "
      "be above 15s\n");
  EXPECT_EQ(
      errors("{address: 'a:1', services: [a, a]}"),
      "f.yaml:1:48: probes.grpc[0].services[1]: \"a\" is there already; expected each service "
      "once\n");
  EXPECT_EQ(errors("{address: 'a:1', services: []}"),
            "f.yaml:1:44: probes.grpc[0].services: no services; expected some, or \"\" for the "
            "server as a whole\n");
  EXPECT_EQ(
      errors("{address: 'a:1'}, {address: 'a:1'}"),
      "f.yaml:1:45: probes.grpc[1].address: \"a:1\" is taken by the probe in line 1; expected "
      "a name that is unique in its namespace\n");
  EXPECT_THAT(
      errors("{address: 'a:1', sevices: [a]}"),
      StartsWith("f.yaml:1:34: probes.grpc[0]: unknown key \"sevices\"; did you mean services?"));
}

}  // namespace
}  // namespace mesh::probes_test
