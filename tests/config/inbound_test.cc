// The key `inbound` of a target: where it takes calls, and what its mesh wants to be asked with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "config/load.h"
#include "config/parse.h"

namespace mesh::inbound_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::array<std::string_view, 3> meshes{"envoy", "istio", "linkerd"};

Result<Config, ConfigErrors> parse(std::string_view mesh, std::string_view inbound) {
  const std::string yaml = joined(
      {"targets:\n- name: a\n  admin: http://h:1\n  mesh: ", mesh, "\n  inbound: ", inbound, "\n"});
  return parse_config(yaml, "f.yaml", {environment({}), meshes, test_codes});
}

TlsPort inbound(std::string_view mesh, std::string_view value) {
  const auto config = parse(mesh, value);
  EXPECT_TRUE(config) << (config ? "" : config.error().front().message);
  return config && config->targets[0].inbound ? *config->targets[0].inbound : TlsPort{};
}

std::string error(std::string_view mesh, std::string_view value) {
  const auto config = parse(mesh, value);
  return config ? "" : config.error().front().message;
}

TEST(InboundKey, is_an_address) {
  EXPECT_EQ(inbound("envoy", "10.0.0.7:50051"), (TlsPort{{"10.0.0.7", 50051, ""}, "", {}}));
}

TEST(InboundKey, is_a_mapping_of_what_to_ask_with) {
  EXPECT_EQ(inbound("envoy", "{address: 'h:2', sni: users.shop, alpn: [h2]}"),
            (TlsPort{{"h", 2, ""}, "users.shop", {"h2"}}));
}

TEST(InboundKey, offers_the_protocols_of_istio_by_itself) {
  const auto all = ElementsAre("istio", "istio-peer-exchange", "istio-h2", "istio-http/1.1",
                               "istio-http/1.0", "h2");
  EXPECT_THAT(inbound("istio", "h:2").alpn, all);
  EXPECT_THAT(inbound("istio", "{address: 'h:2', sni: a}").alpn, all);
}

TEST(InboundKey, offers_what_is_written_instead) {
  EXPECT_THAT(inbound("istio", "{address: 'h:2', alpn: [h2]}").alpn, ElementsAre("h2"));
  EXPECT_THAT(inbound("istio", "{address: 'h:2', alpn: []}").alpn, IsEmpty());
}

TEST(InboundKey, wants_the_identity_of_a_linkerd_proxy) {
  constexpr std::string_view wanted =
      "f.yaml:5:12: targets[0].inbound: without \"sni\"; expected the identity of the proxy, such "
      "as "
      "users.shop.serviceaccount.identity.linkerd.cluster.local: any other name is passed through "
      "to "
      "the application";
  EXPECT_EQ(error("linkerd", "h:2"), wanted);
  EXPECT_EQ(error("linkerd", "{address: 'h:2'}"), wanted);
  EXPECT_EQ(inbound("linkerd", "{address: 'h:2', sni: a.b.serviceaccount.identity.linkerd.c}").sni,
            "a.b.serviceaccount.identity.linkerd.c");
}

TEST(InboundKey, names_what_is_no_address) {
  EXPECT_EQ(error("envoy", "':1'"),
            "f.yaml:5:12: targets[0].inbound: \":1\" has no host; expected HOST:PORT");
  EXPECT_EQ(error("envoy", "'http://h:1'"),
            "f.yaml:5:12: targets[0].inbound: \"http://h:1\" is a URL; expected HOST:PORT");
  EXPECT_EQ(error("envoy", "{address: ':1'}"),
            "f.yaml:5:22: targets[0].inbound.address: \":1\" has no host; expected HOST:PORT");
  EXPECT_EQ(error("envoy", "{sni: a}"),
            "f.yaml:5:12: targets[0].inbound: the key \"address\" is missing; expected HOST:PORT");
  EXPECT_EQ(error("envoy", "[h:1]"),
            "f.yaml:5:12: targets[0].inbound: a list is no mapping; expected the keys address, sni "
            "or alpn");
  EXPECT_EQ(error("envoy", "{address: 'h:1', snI: a}"),
            "f.yaml:5:29: targets[0].inbound: unknown key \"snI\"; did you mean sni? expected "
            "address, sni or alpn");
  EXPECT_EQ(error("envoy", ""),
            "f.yaml:5:3: targets[0].inbound: the key \"address\" is missing; expected HOST:PORT");
}

}  // namespace
}  // namespace mesh::inbound_test
