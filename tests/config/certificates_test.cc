// The section `certificates`: what each key gives, and what is said about wrong ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"
#include "config/parse.h"

namespace mesh::certificates_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Config parsed(std::string_view yaml) {
  auto config = parse_config(yaml, "f.yaml", test_context({}));
  EXPECT_TRUE(config) << errors_of(std::string(yaml));
  return config ? *config : Config{};
}

std::string errors(std::string section) {
  return errors_of(section.insert(0, "certificates:\n").append(one_target));
}

TEST(CertificatesSection, has_defaults) {
  const CertificatesConfig certificates = parsed(one_target).certificates;
  EXPECT_EQ(certificates.interval, 60s);
  EXPECT_EQ(certificates.stale_after, 5min);
  EXPECT_EQ(certificates.timeout, 5s);
  EXPECT_EQ(certificates.parallel, 8);
  EXPECT_THAT(certificates.endpoints, IsEmpty());
  EXPECT_THAT(certificates.files, IsEmpty());
}

TEST(CertificatesSection, reads_every_key) {
  const CertificatesConfig certificates = parsed(R"(
certificates:
  interval: 30s
  stale_after: 2m
  timeout: 1s
  parallel: 2
  endpoints:
    - name: gateway
      mesh: istio
      namespace: shop
      workload: ingress
      address: '[::1]:8443'
      sni: shop.example.org
      alpn: [istio, h2]
      client_certificate: /certs/tls.crt
      client_key: /certs/tls.key
      issuer: spire
      rotation_point: 0.6
    - address: db.example.org:5432
  files:
    - paths: ['/etc/ssl/*.pem', /etc/tls.p12]
      password_file: /etc/password
      issuer: cert-manager
      rotation_point: 0.75
)")
                                              .certificates;
  EXPECT_EQ(certificates.interval, 30s);
  EXPECT_EQ(certificates.stale_after, 2min);
  EXPECT_EQ(certificates.timeout, 1s);
  EXPECT_EQ(certificates.parallel, 2);
  ASSERT_EQ(certificates.endpoints.size(), 2u);
  const CertificateEndpoint& gateway = certificates.endpoints[0];
  EXPECT_EQ(gateway.name, "gateway");
  EXPECT_EQ(gateway.mesh, "istio");
  EXPECT_EQ(gateway.ns, "shop");
  EXPECT_EQ(gateway.workload, "ingress");
  EXPECT_EQ(gateway.port.address, (Address{"::1", 8443, ""}));
  EXPECT_EQ(gateway.port.sni, "shop.example.org");
  EXPECT_THAT(gateway.port.alpn, ElementsAre("istio", "h2"));
  EXPECT_EQ(gateway.client_certificate_file, "/certs/tls.crt");
  EXPECT_EQ(gateway.client_key_file, "/certs/tls.key");
  EXPECT_EQ(gateway.issuer, "spire");
  EXPECT_EQ(gateway.rotation_point, 0.6);
  EXPECT_EQ(certificates.endpoints[1].name, "db.example.org:5432");
  ASSERT_EQ(certificates.files.size(), 1u);
  EXPECT_THAT(certificates.files[0].paths, ElementsAre("/etc/ssl/*.pem", "/etc/tls.p12"));
  EXPECT_EQ(certificates.files[0].password_file, "/etc/password");
  EXPECT_EQ(certificates.files[0].issuer, "cert-manager");
  EXPECT_EQ(certificates.files[0].rotation_point, 0.75);
}

TEST(CertificatesSection, lengthens_stale_after_with_the_interval) {
  EXPECT_EQ(parsed(std::string("certificates: {interval: 1h}\n").append(one_target))
                .certificates.stale_after,
            2h);
  EXPECT_EQ(errors("  interval: 1h\n  stale_after: 1m\n"),
            "f.yaml:3:16: certificates.stale_after: \"1m\" is below the interval; expected it not "
            "to be below 1h\n");
}

TEST(CertificatesSection, takes_the_place_of_targets) {
  EXPECT_THAT(parsed("certificates: {endpoints: [{address: 'a:1'}]}\n").targets, IsEmpty());
  EXPECT_THAT(errors_of("certificates: {interval: 10s}\n"), HasSubstr("\"targets\" is missing"));
}

TEST(CertificatesSection, names_what_an_endpoint_lacks) {
  EXPECT_EQ(errors("  endpoints:\n    - name: a\n"),
            "f.yaml:3:7: certificates.endpoints[0]: the key \"address\" is missing; expected "
            "HOST:PORT\n");
  EXPECT_EQ(errors("  endpoints:\n    - {address: 'a:1', client_key: /k}\n"),
            "f.yaml:3:36: certificates.endpoints[0].client_key: without client_certificate; "
            "expected both or none\n");
}

TEST(CertificatesSection, names_an_address_that_is_none) {
  EXPECT_THAT(errors("  endpoints:\n    - address: a\n"),
              HasSubstr("f.yaml:3:16: certificates.endpoints[0].address: \"a\" "));
  EXPECT_EQ(errors("  endpoints:\n    - address: ':1'\n"),
            "f.yaml:3:16: certificates.endpoints[0].address: \":1\" has no host; expected "
            "HOST:PORT\n");
  EXPECT_THAT(errors("  endpoints:\n    - address: a:0\n"), HasSubstr("\"a:0\" "));
}

TEST(CertificatesSection, names_a_name_that_is_taken) {
  EXPECT_EQ(
      errors("  endpoints:\n    - address: a:1\n    - address: a:1\n"),
      "f.yaml:4:16: certificates.endpoints[1].address: \"a:1\" is taken by the endpoint in line 3; "
      "expected a name that is unique in its namespace\n");
}

TEST(CertificatesSection, names_a_relative_path) {
  EXPECT_EQ(errors("  files:\n    - paths: [a.pem]\n"),
            "f.yaml:3:15: certificates.files[0].paths[0]: \"a.pem\" is not absolute; expected a "
            "path that begins with a slash\n");
  EXPECT_EQ(errors("  files:\n    - password_file: /p\n"),
            "f.yaml:3:7: certificates.files[0]: the key \"paths\" is missing; expected a list of "
            "paths\n");
}

TEST(CertificatesSection, reads_trust_bundles) {
  const auto trust =
      parsed(
          "certificates:\n  trust: [{name: m, file: /r.pem, spiffe_trust_domain: mesh.test}]\n"
          "targets: [{name: a, admin: 'http://h:1'}]\n")
          .certificates.trust;
  ASSERT_EQ(trust.size(), 1u);
  EXPECT_EQ(trust[0].name, "m");
  EXPECT_EQ(trust[0].file, "/r.pem");
  EXPECT_EQ(trust[0].spiffe_trust_domain, "mesh.test");
}

TEST(CertificatesSection, names_what_a_trust_bundle_lacks) {
  EXPECT_EQ(errors("  trust:\n    - name: m\n"),
            "f.yaml:3:7: certificates.trust[0]: the key \"file\" is missing; expected the absolute "
            "path of a PEM file\n");
  EXPECT_THAT(errors("  trust:\n    - {name: m, file: r.pem}\n"),
              HasSubstr("certificates.trust[0].file: \"r.pem\" is not absolute"));
  EXPECT_THAT(errors("  trust: [{name: m, file: /r, spiffe_trust_domain: 'spiffe://m'}]\n"),
              HasSubstr("\"spiffe://m\" has a slash"));
  EXPECT_THAT(errors("  trust: [{name: m, file: /r}, {name: m, file: /s}]\n"),
              HasSubstr("\"m\" is taken by the bundle in line 2"));
}

TEST(CertificatesSection, takes_a_share_strictly_between_0_and_1) {
  for (const char* wrong : {"0", "1", "1.5", "-0.5", "nan", "inf"}) {
    EXPECT_THAT(
        errors(std::string("  endpoints: [{address: 'a:1', rotation_point: ") + wrong + "}]\n"),
        HasSubstr("expected a share between 0 and 1, such as 0.5"))
        << wrong;
  }
  for (const char* wrong : {"50%", "half", "0.5x", "+0.5", "''"}) {
    EXPECT_THAT(
        errors(std::string("  endpoints: [{address: 'a:1', rotation_point: ") + wrong + "}]\n"),
        HasSubstr("is no number; expected a share"))
        << wrong;
  }
}

TEST(CertificatesSection, takes_the_rotation_point_of_a_target) {
  EXPECT_EQ(parsed("targets: [{name: a, admin: 'http://h:1', rotation_point: .5}]\n")
                .targets[0]
                .rotation_point,
            0.5);
}

TEST(CertificatesSection, takes_the_issuer_of_a_target_of_any_mesh) {
  EXPECT_EQ(parsed("targets: [{name: a, admin: 'http://h:1', issuer: spire}]\n").targets[0].issuer,
            "spire");
}

TEST(CertificatesSection, asks_about_a_mistyped_issuer_wherever_it_stands) {
  const std::string unknown =
      "\"cert-manger\" is unknown; did you mean cert-manager? expected spire or cert-manager\n";
  EXPECT_EQ(errors("  files: [{paths: [/a], issuer: cert-manger}]\n"),
            "f.yaml:2:33: certificates.files[0].issuer: " + unknown);
  EXPECT_EQ(errors("  endpoints: [{address: 'a:1', issuer: cert-manger}]\n"),
            "f.yaml:2:40: certificates.endpoints[0].issuer: " + unknown);
  EXPECT_EQ(errors("  secrets: {issuer: cert-manger}\n"),
            "f.yaml:2:21: certificates.secrets.issuer: " + unknown);
  EXPECT_EQ(errors_of("targets: [{name: a, admin: 'http://h:1', issuer: cert-manger}]\n"),
            "f.yaml:1:50: targets[0].issuer: " + unknown);
}

TEST(SecretsSection, is_off_by_default) {
  const SecretsConfig secrets = parsed(one_target).certificates.secrets;
  EXPECT_FALSE(secrets.enabled);
  EXPECT_THAT(secrets.namespaces, IsEmpty());
  EXPECT_EQ(secrets.selector, "");
}

TEST(SecretsSection, reads_every_key) {
  const SecretsConfig secrets =
      parsed(joined({"certificates: {secrets: {enabled: true, kubeconfig: /k, namespaces: [shop, "
                     "istio-system], "
                     "selector: 'app=users,tier in (a, b),!old', issuer: cert-manager, "
                     "rotation_point: 0.6}}\n",
                     one_target}))
          .certificates.secrets;
  EXPECT_TRUE(secrets.enabled);
  EXPECT_EQ(secrets.kubeconfig, "/k");
  EXPECT_THAT(secrets.namespaces, ElementsAre("shop", "istio-system"));
  EXPECT_EQ(secrets.selector, "app=users,tier in (a, b),!old");
  EXPECT_EQ(secrets.issuer, "cert-manager");
  EXPECT_EQ(secrets.rotation_point, 0.6);
}

TEST(SecretsSection, are_enough_to_be_watched) {
  EXPECT_TRUE(parsed("certificates: {secrets: {enabled: true}}\n").certificates.secrets.enabled);
  EXPECT_THAT(errors_of("certificates: {secrets: {enabled: false}}\n"),
              HasSubstr("\"targets\" is missing"));
}

TEST(SecretsSection, names_what_is_wrong) {
  EXPECT_EQ(errors("  secrets: {enabled: yes}\n"),
            "f.yaml:2:22: certificates.secrets.enabled: \"yes\" is unknown; expected true or "
            "false\n");
  EXPECT_EQ(
      errors("  secrets: {namespaces: [Shop]}\n"),
      "f.yaml:2:26: certificates.secrets.namespaces[0]: \"Shop\" is no namespace; expected up "
      "to 63 lower-case letters, digits and hyphens\n");
  EXPECT_EQ(
      errors("  secrets: {namespaces: [a, a]}\n"),
      "f.yaml:2:29: certificates.secrets.namespaces[1]: \"a\" is there already; expected each "
      "namespace once\n");
  EXPECT_EQ(errors("  secrets: {selector: 'a&b'}\n"),
            "f.yaml:2:23: certificates.secrets.selector: \"a&b\" has a key that no label can have; "
            "expected a label selector such as app=users,tier in (a, b)\n");
}

TEST(CertificatesSection, complains_about_entries_in_which_there_is_nothing) {
  EXPECT_EQ(errors("  files: [null]\n"),
            "f.yaml:2:11: certificates.files[0]: no value; expected the keys paths, password_file, "
            "issuer or rotation_point\n");
  EXPECT_EQ(errors("  files: [{paths: []}]\n"),
            "f.yaml:2:19: certificates.files[0].paths: no path; expected at least one\n");
  EXPECT_EQ(errors("  trust: [~]\n"),
            "f.yaml:2:11: certificates.trust[0]: no value; expected the keys name, file or "
            "spiffe_trust_domain\n");
  EXPECT_EQ(errors("  trust: [{name: '', file: /a}]\n"),
            "f.yaml:2:18: certificates.trust[0].name: \"\" is empty; expected a name for this "
            "bundle\n");
}

TEST(CertificatesSection, names_a_pattern_that_matches_nothing) {
  EXPECT_EQ(errors("  files:\n  - paths: ['/etc/[a-z.pem']\n"),
            "f.yaml:3:13: certificates.files[0].paths[0]: \"/etc/[a-z.pem\" has a [ without a ]; "
            "expected a pattern with *, ? and [a-z], where \\[ is a [\n");
  EXPECT_EQ(errors("  files:\n  - paths: [\"/etc/a\\0b\"]\n"),
            "f.yaml:3:13: certificates.files[0].paths[0]: \"/etc/a\\x00b\" has a zero byte; "
            "expected an absolute path\n");
}

TEST(CertificatesSection, wants_absolute_paths_everywhere) {
  EXPECT_EQ(errors("  files: [{paths: [/a], password_file: b}]\n"),
            "f.yaml:2:40: certificates.files[0].password_file: \"b\" is not absolute; expected a "
            "path that begins with a slash\n");
  EXPECT_EQ(errors("  endpoints: [{address: 'a:1', client_certificate: a, client_key: /b}]\n"),
            "f.yaml:2:52: certificates.endpoints[0].client_certificate: \"a\" is not absolute; "
            "expected a "
            "path that begins with a slash\n");
}

// Whether there would have been something to watch is not known then.
TEST(CertificatesSection, does_not_ask_for_targets_where_it_is_wrong_itself) {
  EXPECT_EQ(errors_of("certificates: {files: [{paths: [a]}]}\n"),
            "f.yaml:1:33: certificates.files[0].paths[0]: \"a\" is not absolute; expected a path "
            "that begins with a slash\n");
}

}  // namespace
}  // namespace mesh::certificates_test
