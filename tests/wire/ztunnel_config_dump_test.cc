// ztunnel's dump, from a real one and from small ones with one oddity each.
#include "wire/ztunnel_config_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "support/certificates.h"
#include "wire/fixture.h"
#include "wire/x509_maker.h"

namespace mesh::ztunnel_config_dump_test {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using support::base64;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string users = "spiffe://cluster.local/ns/shop/sa/users";

ZtunnelCertificates read(const std::string& body) {
  auto dump = parse_ztunnel_config_dump(body);
  EXPECT_TRUE(dump) << (dump ? "" : dump.error().message);
  return dump ? *dump : ZtunnelCertificates{};
}

std::string error_of(const std::string& body) {
  const auto dump = parse_ztunnel_config_dump(body);
  EXPECT_FALSE(dump);
  return dump ? "" : dump.error().message;
}

std::string dump_of(const std::string& chain, const std::string& roots = "") {
  return R"({"certificates":[{"identity":")" + users + R"(","state":"Available","certChain":[)" +
         chain + R"(],"rootCerts":[)" + roots + "]}]}";
}

const std::string certificate =
    R"({"serialNumber":"255","validFrom":"2026-11-23T21:07:23Z","expirationTime":"2026-11-24T21:07:23Z"})";

TEST(ZtunnelConfigDump, a_real_one_tells_each_identitys_leaf_and_root) {
  const ZtunnelCertificates dump = read(fixture("ztunnel/2026-08-20/config_dump.json"));
  EXPECT_EQ(dump.unreadable, 0u);
  ASSERT_THAT(dump.held, SizeIs(1));
  ASSERT_THAT(dump.held[0], SizeIs(2));
  const Certificate& leaf = dump.held[0][0];
  EXPECT_EQ(identity_of(leaf), "spiffe://cluster.local/ns/shop/sa/shop-sa");
  EXPECT_EQ(leaf.role, CertificateRole::leaf);
  EXPECT_EQ(leaf.serial, "2f96602a12c1e5a2b06ad9dd3251a705e7f004b8");
  EXPECT_EQ(leaf.not_before, sys_seconds(seconds(1'795'468'043)));
  EXPECT_EQ(leaf.not_after, sys_seconds(seconds(1'795'554'443)));
  const Certificate& root = dump.held[0][1];
  EXPECT_EQ(root.role, CertificateRole::root);
  EXPECT_EQ(identity_of(root), "rootCerts");
  EXPECT_EQ(root.serial, "4d9fda019e00b0343a841dd8edbf3c5c6c9a1bc8");
  EXPECT_EQ(root.not_after, sys_seconds(seconds(10'417'673'480)));  // in the year 2300
}

std::string pem_field(const std::string& der) {
  const std::string pem =
      "-----BEGIN CERTIFICATE-----\n" + base64(der) + "\n-----END CERTIFICATE-----\n";
  return R"({"pem":")" + base64(pem) + R"(","serialNumber":"9","expirationTime":"soon"})";
}

TEST(ZtunnelConfigDump, the_pem_of_a_certificate_tells_all_of_it) {
  X509Maker maker;
  maker.serial(255).subject("O", "cluster.local").alt_names({{GEN_URI, users}});
  const ZtunnelCertificates dump = read(dump_of(pem_field(maker.der()), pem_field(maker.der())));
  EXPECT_EQ(dump.unreadable, 0u);
  ASSERT_THAT(dump.held.at(0), SizeIs(2));
  const Certificate& leaf = dump.held[0][0];
  EXPECT_EQ(identity_of(leaf), users);
  EXPECT_EQ(leaf.serial, "ff");
  EXPECT_EQ(leaf.key_algorithm, KeyAlgorithm::ecdsa);
  EXPECT_THAT(leaf.fingerprint_sha256, SizeIs(64));
  EXPECT_EQ(dump.held[0][1].role, CertificateRole::root);  // whatever it says of itself
}

TEST(ZtunnelConfigDump, a_pem_that_cannot_be_read_leaves_the_fields_beside_it) {
  for (const char* pem : {"", "(left out)", "AAAA", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"}) {
    const ZtunnelCertificates dump =
        read(dump_of(R"({"pem":")" + std::string(pem) + R"(",)" + certificate.substr(1)));
    EXPECT_EQ(dump.held.at(0).at(0).serial, "ff") << pem;
  }
}

TEST(ZtunnelConfigDump, before_the_first_connection_there_is_none) {
  EXPECT_THAT(read(fixture("ztunnel/2026-08-20/config_dump_idle.json")).held, IsEmpty());
}

TEST(ZtunnelConfigDump, what_follows_the_leaf_is_intermediate) {
  const ZtunnelCertificates dump = read(dump_of(certificate + "," + certificate));
  ASSERT_THAT(dump.held.at(0), SizeIs(2));
  EXPECT_EQ(dump.held[0][1].role, CertificateRole::intermediate);
  EXPECT_EQ(identity_of(dump.held[0][1]), "certChain");
}

TEST(ZtunnelConfigDump, an_identity_without_a_certificate_is_left_out) {
  EXPECT_THAT(read(R"({"certificates":[{"identity":"spiffe://a","state":"Unavailable: no",)"
                   R"("certChain":[],"rootCerts":[]}]})")
                  .held,
              IsEmpty());
}

TEST(ZtunnelConfigDump, an_identity_that_is_no_spiffe_id_is_a_path) {
  const ZtunnelCertificates dump =
      read(R"({"certificates":[{"identity":"odd","certChain":[)" + certificate + "]}]}");
  EXPECT_EQ(identity_of(dump.held.at(0).at(0)), "odd");
}

TEST(ZtunnelConfigDump, an_unreadable_leaf_makes_no_leaf_of_the_next) {
  const ZtunnelCertificates dump =
      read(dump_of(R"({"expirationTime":"soon"},)" + certificate, certificate));
  EXPECT_EQ(dump.unreadable, 1u);
  EXPECT_EQ(dump.unreadable_sample, R"({"expirationTime":"soon"})");
  ASSERT_THAT(dump.held.at(0), SizeIs(2));
  EXPECT_EQ(dump.held[0][0].role, CertificateRole::intermediate);
  EXPECT_EQ(dump.held[0][1].role, CertificateRole::root);
}

TEST(ZtunnelConfigDump, what_stands_before_the_certificates_is_passed_over) {
  const std::string certificates = dump_of(certificate).substr(1);
  const std::string before = R"( { "a" : [ {"certificates": ["]}"]} , "\"}" , 3 ] ,"b":null, )";
  EXPECT_THAT(read(before + certificates).held, SizeIs(1));
}

TEST(ZtunnelConfigDump, what_stands_behind_them_is_not_looked_at) {
  std::string body = dump_of(certificate);
  body.back() = ',';
  EXPECT_THAT(read(body + "\"workloads\": garbage").held, SizeIs(1));
}

TEST(ZtunnelConfigDump, that_is_no_object_or_is_cut_is_an_error) {
  for (const char* body : {"", "[]", "null", "<html>", "{", "{\"a\":1", "{\"a\" 1}", "{\"a\":\"",
                           "{\"a\":[1,2", "{\"certificates\":["}) {
    EXPECT_EQ(error_of(body), "the dump is no JSON object, or is cut") << body;
  }
}

TEST(ZtunnelConfigDump, without_certificates_is_an_error) {
  EXPECT_EQ(error_of("{}"), "the dump has no `certificates`");
  EXPECT_EQ(error_of(R"({"config":{"certificates":[]}})"), "the dump has no `certificates`");
}

TEST(ZtunnelConfigDump, whose_certificates_are_something_else_is_an_error) {
  for (const char* other : {"{}", "", "3", "null", "[}"}) {
    const std::string body = std::string(R"({"certificates":)") + other + "}";
    EXPECT_EQ(error_of(body), "`certificates` is no array") << other;
  }
}

// Half of a surrogate pair, in the text of what went wrong, a name, a certificate's field.
TEST(ZtunnelConfigDump, a_string_that_is_none_costs_the_certificate_it_stands_in) {
  const std::string bad = R"({"serialNumber":"\ud800","expirationTime":"2026-11-24T21:07:23Z"})";
  const std::string good = R"({"identity":"spiffe://a/b","certChain":[)" + certificate + "]}";
  const ZtunnelCertificates dump = read(
      R"({"certificates":[{"identity":"spiffe://a/x","state":"Unavailable: \ud800"},)" + good +
      R"(,{"identity":"\ud800","certChain":[)" + certificate + "," + bad + "]}," + good + "]}");
  EXPECT_EQ(dump.unreadable, 2u);
  EXPECT_EQ(dump.unreadable_sample, bad.substr(0, 80));
  ASSERT_THAT(dump.held, SizeIs(3));
  EXPECT_EQ(identity_of(dump.held[0][0]), "spiffe://a/b");
  ASSERT_THAT(dump.held[1], SizeIs(1));
  EXPECT_EQ(identity_of(dump.held[1][0]), "certChain");
  EXPECT_EQ(identity_of(dump.held[2][0]), "spiffe://a/b");
}

TEST(ZtunnelConfigDump, what_is_no_identity_no_list_or_no_certificate_is_counted) {
  for (const char* odd : {"1", "", "[]", R"({"identity":3})", R"({"certChain":{}})",
                          R"({"rootCerts":[7]})", "{\"identity\"}"}) {
    const ZtunnelCertificates dump = read(std::string(R"({"certificates":[)") + odd + "," +
                                          R"({"certChain":[)" + certificate + "]}]}");
    EXPECT_EQ(dump.unreadable, 1u) << odd;
    EXPECT_THAT(dump.held, SizeIs(1)) << odd;
  }
}

TEST(ZtunnelConfigDump, whose_certificates_are_endless_is_an_error) {
  const std::string much(limits::ztunnel_certificates_bytes, ' ');
  EXPECT_EQ(error_of(R"({"certificates":[)" + much + "]}"), "`certificates` is longer than 8 MiB");
}

TEST(HexOfDecimal, is_whole_bytes_in_lower_case) {
  EXPECT_EQ(hex_of_decimal("0"), "00");
  EXPECT_EQ(hex_of_decimal("7"), "07");
  EXPECT_EQ(hex_of_decimal("2716"), "0a9c");
  EXPECT_EQ(hex_of_decimal("65536"), "010000");
  EXPECT_EQ(hex_of_decimal("0000255"), "ff");
}

TEST(HexOfDecimal, refuses_what_is_no_serial_number) {
  EXPECT_EQ(hex_of_decimal(""), "");
  EXPECT_EQ(hex_of_decimal("-1"), "");
  EXPECT_EQ(hex_of_decimal("12a"), "");
  EXPECT_EQ(hex_of_decimal(std::string(61, '1')), "");
}

}  // namespace
}  // namespace mesh::ztunnel_config_dump_test
