// The certificates that a proxy has loaded.
#include "wire/envoy_certs.h"

#include <gtest/gtest.h>

#include "wire/fixture.h"

namespace mesh::envoy_certs_test {
namespace {

EnvoyCerts read(std::string_view body) {
  auto certs = parse_envoy_certs(body);
  EXPECT_TRUE(certs.ok()) << certs.error().message;
  return certs ? *certs : EnvoyCerts{};
}

std::string refusal(std::string_view body) {
  auto certs = parse_envoy_certs(body);
  return certs ? "accepted" : certs.error().message;
}

// The only leaf of an answer, with these fields beside a readable end.
Certificate leaf(const std::string& fields) {
  const auto certs = read(R"({"certificates":[{"cert_chain":[{)" + fields +
                          R"("expiration_time":"1970-01-01T00:01:00Z"}]}]})");
  if (certs.contexts.size() != 1 || certs.contexts[0].leaves.size() != 1) return {};
  return certs.contexts[0].leaves[0];
}

long long instant(std::chrono::sys_seconds date) { return date.time_since_epoch().count(); }

TEST(EnvoyCerts, reads_what_an_istio_sidecar_said) {
  const auto certs = read(fixture("istio/1.31-dev/certs.json"));
  ASSERT_EQ(certs.contexts.size(), 1u);
  ASSERT_EQ(certs.contexts[0].leaves.size(), 1u);
  const Certificate& leaf = certs.contexts[0].leaves[0];
  EXPECT_EQ(identity_of(leaf), "spiffe://cluster.local/ns/shop/sa/payments");
  EXPECT_EQ(leaf.serial, "a9908aca8d4da01a098ddd769e45352d");
  EXPECT_EQ(instant(*leaf.not_before), 1795464052);  // 2026-11-23T20:00:52Z
  EXPECT_EQ(instant(leaf.not_after), 1795464292);    // 2026-11-23T20:04:52Z
  EXPECT_EQ(leaf.path, "<inline>");
  EXPECT_EQ(leaf.role, CertificateRole::leaf);
  ASSERT_EQ(certs.contexts[0].authorities.size(), 1u);
  const Certificate& root = certs.contexts[0].authorities[0];
  EXPECT_EQ(root.role, CertificateRole::root);
  EXPECT_EQ(identity_of(root), "<inline>");  // it has no names, and its subject is not told
}

TEST(EnvoyCerts, reads_the_trust_domain_of_spire) {
  const auto certs = read(fixture("spire/1.13.3/certs.json"));
  ASSERT_EQ(certs.contexts.size(), 1u);
  EXPECT_EQ(identity_of(certs.contexts[0].leaves.at(0)), "spiffe://mesh.test/orders");
  EXPECT_EQ(identity_of(certs.contexts[0].authorities.at(0)), "spiffe://mesh.test");
  EXPECT_EQ(certs.contexts[0].authorities.at(0).path, "mesh.test: <inline>");
}

TEST(EnvoyCerts, keeps_apart_the_contexts_of_a_proxy_that_is_rotating) {
  const auto certs = read(fixture("consul/1.20.6/certs_after_rotation.json"));
  std::vector<std::string> serials;
  std::vector<std::size_t> authorities;
  for (const EnvoyTlsContext& context : certs.contexts) {
    serials.push_back(context.leaves.at(0).serial);
    authorities.push_back(context.authorities.size());
  }
  EXPECT_EQ(serials, (std::vector<std::string>{"10", "08", "08", "08"}));
  EXPECT_EQ(authorities, (std::vector<std::size_t>{3, 3, 1, 2}));
  EXPECT_EQ(certs.unreadable, 0u);
}

TEST(EnvoyCerts, has_nothing_to_say_of_a_proxy_without_certificates) {
  EXPECT_EQ(read("{}").contexts.size(), 0u);
  EXPECT_EQ(read(R"({"certificates": []})").contexts.size(), 0u);
}

TEST(EnvoyCerts, keeps_two_leaves_of_one_context_together) {
  const auto certs = read(R"({"certificates":[{"cert_chain":[
      {"serial_number":"01","expiration_time":"2026-11-23T20:04:52Z"},
      {"serial_number":"02","expiration_time":"2026-11-23T20:04:52Z"}]}]})");
  ASSERT_EQ(certs.contexts.size(), 1u);
  EXPECT_EQ(certs.contexts[0].leaves.size(), 2u);
}

TEST(EnvoyCerts, skips_and_counts_a_certificate_without_a_readable_end) {
  const auto certs = read(R"({"certificates":[{"cert_chain":[
      {"serial_number":"01"},
      {"serial_number":"02","expiration_time":"tomorrow"},
      {"serial_number":"03","expiration_time":"2026-11-23T20:04:52Z"}, 7]}]})");
  EXPECT_EQ(certs.unreadable, 3u);
  EXPECT_EQ(certs.unreadable_sample, R"({"serial_number":"01"})");
  EXPECT_EQ(certs.contexts.at(0).leaves.at(0).serial, "03");
}

TEST(EnvoyCerts, goes_on_without_a_readable_beginning) {
  EXPECT_EQ(leaf(R"("valid_from":"once",)").not_before, std::nullopt);
  EXPECT_EQ(leaf("").not_before, std::nullopt);
  EXPECT_EQ(instant(leaf("").not_after), 60);
}

TEST(EnvoyCerts, does_not_listen_to_the_days) {
  EXPECT_EQ(instant(leaf(R"("days_until_expiration":"4000",)").not_after), 60);
}

TEST(EnvoyCerts, writes_serials_as_whole_bytes_in_small_letters) {
  EXPECT_EQ(leaf(R"("serial_number":"0B",)").serial, "0b");
  EXPECT_EQ(leaf(R"("serial_number":"b",)").serial, "0b");
  EXPECT_EQ(leaf(R"("serial_number":"000A0b",)").serial, "0a0b");
  EXPECT_EQ(leaf(R"("serial_number":"-1F",)").serial, "-1f");
  EXPECT_EQ(leaf(R"("serial_number":"-0",)").serial, "00");
  EXPECT_EQ(leaf(R"("serial_number":"0",)").serial, "00");
  EXPECT_EQ(leaf(R"("serial_number":"",)").serial, "");
  EXPECT_EQ(leaf(R"("serial_number":"0x1f",)").serial, "");
}

TEST(EnvoyCerts, reads_every_kind_of_name_in_order) {
  using Kind = SubjectAltName::Kind;
  const auto names = leaf(R"("subject_alt_names":[{"dns":"a.b"},{"uri":"spiffe://c/d"},
      {"ip_address":"10.0.0.7"},{"uri":""},{"telepathy":"e"},5],)")
                         .sans;
  EXPECT_EQ(names, (std::vector<SubjectAltName>{
                       {Kind::dns, "a.b"}, {Kind::uri, "spiffe://c/d"}, {Kind::ip, "10.0.0.7"}}));
}

TEST(EnvoyCerts, refuses_what_is_no_such_answer) {
  EXPECT_EQ(refusal(""), "certs is empty");
  EXPECT_EQ(refusal("[]"), "certs is no JSON object");
  EXPECT_EQ(refusal(R"({"certificates": {}})"), "certs: `certificates` is no array");
  EXPECT_TRUE(refusal("upstream connect error").starts_with("certs is no JSON: "));
  EXPECT_TRUE(refusal(R"({"certificates": [)").starts_with("certs is no JSON: "));
}

}  // namespace
}  // namespace mesh::envoy_certs_test
