// What is said of a web configuration whose certificates cannot be used: under which key, of which
// file, and why.
#include "app/web_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/certificates.h"

namespace mesh::web_access_test {
namespace {

using support::mint;
using support::Minted;
using testing::ElementsAre;
using testing::IsEmpty;

struct WebAccessFiles : testing::Test {
  void SetUp() override {
    std::filesystem::create_directories(directory);
    write("server.crt", server.pem);
    write("server.key", server.key_pem);
    write("other.key", other.key_pem);
    write("garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    write("empty", "");
  }
  void TearDown() override { std::filesystem::remove_all(directory); }

  std::string path(const std::string& name) const { return directory + "/" + name; }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
  }

  // Without the name of the configuration and the section.
  std::vector<std::string> faults_of(const std::string& section) const {
    write("w.yml", "tls_server_config: {" + section + "}\n");
    const WebAccessRead read = read_web_access(path("w.yml"));
    std::vector<std::string> faults;
    if (read.access) return faults;
    const std::string before = path("w.yml") + ": tls_server_config.";
    for (const Error& error : read.access.error()) {
      EXPECT_EQ(error.message.substr(0, before.size()), before);
      faults.push_back(error.message.substr(before.size()));
    }
    return faults;
  }

  Minted server = mint({.common_name = "server"}), other = mint({.common_name = "other"});
  std::string directory = testing::TempDir() + "web_access_" + std::to_string(::getpid());
};

TEST_F(WebAccessFiles, are_taken_where_they_fit) {
  EXPECT_THAT(faults_of("cert_file: server.crt, key_file: server.key"), IsEmpty());
}

TEST_F(WebAccessFiles, that_cannot_be_used_are_named_with_the_reason) {
  EXPECT_THAT(faults_of("cert_file: server.key, key_file: server.crt"),
              ElementsAre("cert_file: cannot use " + path("server.key") +
                          ": there is no certificate in it"));
  EXPECT_THAT(faults_of("cert_file: garbage, key_file: server.key"),
              ElementsAre("cert_file: cannot use " + path("garbage") +
                          ": its certificate 1 cannot be read"));
  EXPECT_THAT(faults_of("cert_file: server.crt, key_file: other.key"),
              ElementsAre("key_file: cannot use " + path("other.key") +
                          ": it is not the key of the certificate in " + path("server.crt")));
  EXPECT_THAT(faults_of("cert_file: server.crt, key_file: server.key, client_ca_file: empty, "
                        "client_auth_type: RequireAndVerifyClientCert"),
              ElementsAre("client_ca_file: cannot use " + path("empty") + ": it is empty"));
}

TEST_F(WebAccessFiles, are_told_from_texts_in_the_configuration) {
  EXPECT_THAT(faults_of("cert: no PEM, key_file: server.key"),
              ElementsAre("cert: there is no certificate in it"));
  std::string text = server.pem;
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) {
    text.replace(at, 1, "\\n");
  }
  EXPECT_THAT(faults_of("cert: \"" + text + "\", key_file: other.key"),
              ElementsAre("key_file: cannot use " + path("other.key") +
                          ": it is not the key of the certificate in cert"));
}

}  // namespace
}  // namespace mesh::web_access_test
