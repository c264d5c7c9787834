// Kubernetes Secrets as an API server writes them: which values are looked at, and what is said of
// those that cannot be read.
#include "wire/kube_secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "support/certificates.h"
#include "wire/fixture.h"
#include "wire/kube_object.h"
#include "wire/kube_stream.h"

namespace mesh::kube_secret_test {
namespace {

using support::base64;
using support::mint;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string& pem(const std::string& name = "users") {
  static const std::string users = mint({.common_name = "users"}).pem;
  static const std::string root = mint({.common_name = "root", .ca = true}).pem;
  return name == "users" ? users : root;
}

using Data = std::vector<std::pair<std::string, std::string>>;  // key → base64

std::string secret(const std::string& type, const Data& data, const std::string& name = "tls") {
  std::string text = R"({"kind":"Secret","apiVersion":"v1","metadata":{"name":")" + name +
                     R"(","namespace":"shop"},"type":")" + type + R"(","data":{)";
  for (std::size_t i = 0; i < data.size(); ++i) {
    text += (i > 0 ? ",\"" : "\"") + data[i].first + "\":\"" + data[i].second + "\"";
  }
  return text + "}}";
}

KubeSecret parsed(const std::string& json) {
  auto read = KubeReader<KubeSecret>().read(json);
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? *read : KubeSecret{};
}

// "key: identities" of each value that was read.
std::vector<std::string> held(const std::string& type, const Data& data) {
  std::vector<std::string> lines;
  for (const HeldTogether& key : parsed(secret(type, data)).held) {
    lines.push_back(key.front().path + ":");
    for (const Certificate& one : key) lines.back().append(" ").append(identity_of(one));
  }
  return lines;
}

std::string error(const std::string& json) {
  const auto read = KubeReader<KubeSecret>().read(json);
  return read ? "" : read.error().message;
}

TEST(KubeSecret, in_the_documented_shape) {
  std::vector<KubeSecret> read;
  ListCutter list(limits::kube_object_bytes);
  list.feed(fixture("kubernetes/documented/secrets.json"),
            [&](std::string_view item) { read.push_back(parsed(std::string(item))); });
  ASSERT_EQ(read.size(), 5u);
  EXPECT_EQ(read[0].ns, "shop");
  EXPECT_EQ(read[0].name, "shop-example-org-tls");
  ASSERT_EQ(read[0].held.size(), 2u);
  EXPECT_EQ(read[0].held[0][0].path, "ca.crt");
  EXPECT_EQ(read[0].held[0][0].role, CertificateRole::root);
  EXPECT_EQ(identity_of(read[0].held[1][0]), "shop.example.org");
  EXPECT_EQ(read[0].private_keys, 1u);
  EXPECT_EQ(read[1].name, "cacerts");
  EXPECT_EQ(read[1].held.size(), 3u);
  EXPECT_EQ(read[1].private_keys, 1u);
  for (std::size_t i = 2; i < 5; ++i) {
    EXPECT_THAT(read[i].held, IsEmpty()) << "a Helm release, a token, something else";
    EXPECT_EQ(read[i].unreadable, 0u);
  }
}

TEST(KubeSecret, one_alone) {
  EXPECT_THAT(held("kubernetes.io/tls", {{"tls.crt", base64(pem() + pem("root"))}}),
              ElementsAre("tls.crt: users root"));
}

TEST(KubeSecret, tls_crt_and_ca_crt_count_in_any_type) {
  const Data data{{"tls.crt", base64(pem())}, {"ca.crt", base64(pem("root"))}, {"x.pem", "!"}};
  EXPECT_THAT(held("istio.io/key-and-cert", data), ElementsAre("tls.crt: users", "ca.crt: root"));
}

TEST(KubeSecret, other_names_count_by_their_ending_in_plain_types) {
  const Data data{{"root-cert.pem", base64(pem("root"))},
                  {"keycloak.crt", base64(pem())},
                  {"config", base64(pem())}};
  const auto both = ElementsAre("root-cert.pem: root", "keycloak.crt: users");
  EXPECT_THAT(held("Opaque", data), both);
  EXPECT_THAT(held("", data), both);
  EXPECT_THAT(held("kubernetes.io/tls", data), both);
}

TEST(KubeSecret, a_key_is_passed_over_by_its_name_before_its_base64_is_looked_at) {
  const KubeSecret read = parsed(secret("Opaque", {{"tls.crt", base64(pem())},
                                                   {"tls.key", "no base64 !"},
                                                   {"ca-key.pem", "no base64 !"},
                                                   {"PRIVATE.pem", "no base64 !"}}));
  EXPECT_EQ(read.private_keys, 3u);
  EXPECT_EQ(read.unreadable, 0u);
}

TEST(KubeSecret, a_key_beside_a_certificate_in_one_value_is_counted_and_not_kept) {
  const std::string key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  const KubeSecret read = parsed(secret("Opaque", {{"all.pem", base64(key + pem())}}));
  EXPECT_EQ(read.private_keys, 1u);
  EXPECT_EQ(read.held.size(), 1u);
}

TEST(KubeSecret, tokens_releases_and_logins_are_about_something_else) {
  const Data data{{"ca.crt", base64(pem("root"))}};
  for (const char* type :
       {"kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token",
        "helm.sh/release.v1", "kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg",
        "kubernetes.io/basic-auth", "kubernetes.io/ssh-auth"}) {
    EXPECT_THAT(parsed(secret(type, data)).held, IsEmpty()) << type;
  }
}

TEST(KubeSecret, a_bad_value_is_named_and_loses_no_other) {
  const Data data{{"a.crt", "%%%"}, {"b.crt", base64("nothing")}, {"c.crt", base64(pem())}};
  const KubeSecret read = parsed(secret("Opaque", data));
  EXPECT_EQ(read.unreadable_sample, "shop/tls: a.crt: bad base64");
  EXPECT_EQ(read.unreadable, 2u);
  EXPECT_EQ(read.held.size(), 1u);
}

TEST(KubeSecret, a_value_says_what_is_wrong_with_it) {
  const auto wrong = [](const std::string& value) {
    return parsed(secret("Opaque", {{"a.crt", value}})).unreadable_sample;
  };
  EXPECT_EQ(wrong(base64("nothing")), "shop/tls: a.crt: no certificate");
  EXPECT_EQ(wrong(base64(pem()).substr(0, 41)), "shop/tls: a.crt: bad base64");  // cut
  EXPECT_THAT(wrong(base64(pem().substr(0, 100))), HasSubstr("shop/tls: a.crt: line 1: "));
  EXPECT_EQ(wrong(""), "") << "a place held for later";
}

TEST(KubeSecret, a_value_that_is_no_text_is_bad_base64) {
  const auto read =
      parsed(R"({"kind":"Secret","metadata":{"name":"a","namespace":"b"},"data":{"tls.crt":7}})");
  EXPECT_EQ(read.unreadable_sample, "b/a: tls.crt: bad base64");
}

TEST(KubeSecret, what_is_no_secret_with_a_proper_name_is_told) {
  EXPECT_EQ(error(""), "no JSON: empty");
  EXPECT_THAT(error("<html>"), HasSubstr("no JSON: "));
  EXPECT_EQ(error("[]"), "no JSON object");
  EXPECT_EQ(error(R"({"metadata":{"namespace":"a"}})"), "Secret without a proper name");
  EXPECT_EQ(error(R"({"metadata":{"name":"A b","namespace":"a"}})"),
            "Secret without a proper name");
  EXPECT_EQ(error(R"({"metadata":{"name":"a","namespace":"../x"}})"),
            "Secret a has no proper namespace");
  EXPECT_EQ(error(R"({"kind":"ConfigMap","metadata":{"name":"a","namespace":"b"}})"),
            "of the kind \"ConfigMap\"");
}

}  // namespace
}  // namespace mesh::kube_secret_test
