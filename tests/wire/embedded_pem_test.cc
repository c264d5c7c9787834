// Certificates inside kubeconfigs and manifests of Secrets, in every way they are written down.
#include "wire/embedded_pem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/certificate_file_reading.h"

namespace mesh::embedded_pem_test {
namespace {

using testing::ElementsAre;

std::string secret_yaml(const std::string& crt, const std::string& key) {
  return "apiVersion: v1\nkind: Secret\ndata:\n  ca.crt: " + in_base64(pem(root_der("root"))) +
         "\n  tls.crt: " + crt + "\n  tls.key: " + key + "\ntype: kubernetes.io/tls\n";
}

TEST(CertificateManifest, reads_a_manifest_of_a_secret) {
  const auto file = read(secret_yaml(in_base64(leaf("a") + leaf("b")), in_base64(key_text)));
  EXPECT_THAT(names(file), ElementsAre("root", "a", "b"));
  EXPECT_EQ(file.private_keys, 1u);
  EXPECT_EQ(file.unreadable, 0u);
}

TEST(CertificateManifest, reads_a_manifest_with_folded_base64) {
  const std::string folded = "|-\n" + wrapped(in_base64(leaf("a")), "\n", "    ");
  const auto file = read(secret_yaml(folded, "|\n" + wrapped(in_base64(key_text), "\n", "    ")));
  EXPECT_THAT(names(file), ElementsAre("root", "a"));
  EXPECT_EQ(file.private_keys, 1u);
  EXPECT_EQ(file.unreadable, 0u);
}

TEST(CertificateManifest, reads_a_manifest_with_pem_as_it_is) {
  const auto file = read("kind: Secret\nstringData:\n  tls.crt: |\n" +
                         pem(leaf_der("a"), "CERTIFICATE", "\n", "    ") + "  tls.key: |\n" +
                         pem("x", "PRIVATE KEY", "\n", "    "));
  EXPECT_THAT(names(file), ElementsAre("a"));
  EXPECT_EQ(file.private_keys, 1u);
  EXPECT_EQ(file.unreadable, 0u);
}

TEST(CertificateManifest, reads_a_manifest_in_json_on_one_line) {
  const auto file = read(R"({"data":{"tls.crt":")" + in_base64(leaf("a")) + R"(","tls.key":")" +
                         in_base64(key_text) + R"(","ca.crt" : ")" + in_base64(leaf("b")) +
                         R"("},"kind":"Secret"})");
  EXPECT_THAT(names(file), ElementsAre("a", "b"));
  EXPECT_EQ(file.private_keys, 1u);
  EXPECT_EQ(file.unreadable, 0u);
}

TEST(CertificateManifest, reads_pem_in_a_string_of_json) {
  const auto file = read(R"({"ca":")" + pem(leaf_der("a"), "CERTIFICATE", "\\n") + R"(","key":")" +
                         pem("x", "PRIVATE KEY", "\\n") + R"("})");
  EXPECT_THAT(names(file), ElementsAre("a"));
  EXPECT_EQ(file.private_keys, 1u);
  EXPECT_EQ(file.unreadable, 0u);
}

TEST(CertificateManifest, reads_a_kubeconfig) {
  const auto file = read(
      "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: " +
      in_base64(pem(root_der("root"))) +
      "  # ours\n    server: https://127.0.0.1:6443\n  name: kind\nusers:\n- name: kind\n  user:\n"
      "    client-certificate-data: \"" +
      in_base64(leaf("admin")) + "\"\n    client-key-data: " + in_base64(key_text) + "\n");
  EXPECT_THAT(names(file), ElementsAre("root", "admin"));
  EXPECT_EQ(file.private_keys, 1u);
  EXPECT_EQ(file.unreadable, 0u);
}

TEST(CertificateManifest, never_decodes_the_value_of_a_key) {
  // Certificates, to be seen if they were.
  const auto file = read("tls.crt: " + in_base64(leaf("a")) + "\ntls.key: " + in_base64(leaf("b")) +
                         "\nclient-key-data: " + in_base64(leaf("c")) +
                         "\ntoken: " + in_base64(leaf("d")) + "\n");
  EXPECT_THAT(names(file), ElementsAre("a"));
  EXPECT_EQ(file.private_keys, 2u);
}

TEST(CertificateManifest, passes_over_values_that_are_not_there) {
  const auto file = read("tls.crt: " + in_base64(leaf("a")) +
                         "\nca.crt: \"\"\n---\ntls.key: null\nca.crt:\nf:tls.crt: {}\n");
  EXPECT_THAT(names(file), ElementsAre("a"));
  EXPECT_EQ(file.private_keys, 0u);
  EXPECT_EQ(file.unreadable, 0u);
}

TEST(CertificateManifest, counts_values_that_hold_no_certificate) {
  const auto at_line_two = [](const std::string& value) {
    const auto file = read("tls.crt: " + in_base64(leaf("a")) + "\nca.crt: " + value + "\n");
    EXPECT_EQ(file.unreadable, 1u);
    return file.unreadable_sample;
  };
  EXPECT_EQ(at_line_two("DATA+OMITTED"), "line 2: ca.crt holds no certificate");
  EXPECT_EQ(at_line_two("LS0tL"), "line 2: ca.crt has bad base64");
  EXPECT_EQ(at_line_two(in_base64("\n-----BEGIN CERTIFICATE-----\n")),
            "line 2: ca.crt, its line 2: CERTIFICATE block without an end");
}

}  // namespace
}  // namespace mesh::embedded_pem_test
