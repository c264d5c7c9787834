// What is said of a web configuration whose certificates cannot be used: under which key, of which
// file, and why. And of one that is read again, and is less of a guard than the one in force.
#include "app/web_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/certificates.h"

namespace mesh::web_access_test {
namespace {

using support::mint;
using support::Minted;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

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

TEST_F(WebAccessFiles, with_suites_that_fit_nothing_are_refused) {
  const std::string pair = "cert_file: server.crt, key_file: server.key, ";
  const std::string for_rsa = "cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]";
  const std::string for_ec = "cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]";
  const auto none =
      ElementsAre("cipher_suites: none can be used by these versions with a key of this kind");
  EXPECT_THAT(faults_of(pair + for_rsa + ", max_version: TLS12"), none);
  EXPECT_THAT(faults_of(pair + for_ec + ", max_version: TLS12"), IsEmpty());
  EXPECT_THAT(faults_of(pair + for_rsa), IsEmpty());  // TLS 1.3 has its own
  EXPECT_THAT(faults_of(pair + for_ec + ", min_version: TLS10, max_version: TLS11"), none);
  EXPECT_THAT(faults_of(pair + "max_version: TLS12"), IsEmpty());
  const Minted rsa = mint({.common_name = "rsa", .key = support::MintedKey::rsa2048});
  write("server.crt", rsa.pem);
  write("server.key", rsa.key_pem);
  EXPECT_THAT(faults_of(pair + for_ec + ", max_version: TLS12"), none);
  EXPECT_THAT(faults_of(pair + for_rsa + ", max_version: TLS12"), IsEmpty());
}

TEST_F(WebAccessFiles, that_are_out_of_their_time_are_told) {
  write("w.yml", "tls_server_config: {cert_file: server.crt, key_file: server.key}\n");
  const WebAccessRead read = read_web_access(path("w.yml"));
  ASSERT_TRUE(read.access);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto warning = [&](std::chrono::years later) {
    return expiry_warning("w.yml", *read.access->config, now + later).value_or("");
  };
  const std::string head = "w.yml: tls_server_config.cert_file: " + path("server.crt") + " ";
  EXPECT_EQ(warning(std::chrono::years(0)), "");
  EXPECT_THAT(warning(std::chrono::years(200)),
              HasSubstr(head + "has expired: it was valid until "));
  EXPECT_THAT(warning(std::chrono::years(-100)), HasSubstr(head + "is not valid before "));
  EXPECT_EQ(expiry_warning("w.yml", WebConfig{}, now), std::nullopt);
}

struct WebAccessReload : WebAccessFiles {
  void SetUp() override {
    WebAccessFiles::SetUp();
    write("ca.crt", other.pem);
  }

  void say(const std::string& tls, const std::string& rest = "") const {
    write("w.yml",
          "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n" + tls + rest);
  }

  // What is refused of `now` where `before` is in force; without the name of the file and the
  // advice. What was refused is not in use.
  std::vector<std::string> refused(const std::string& before, const std::string& now) const {
    say(before);
    int exchanges = 0;
    WebAccessReloader web(read_web_access(path("w.yml")), [&](const WebAccess&) { ++exchanges; });
    say(now);
    std::istringstream lines(web.reload());
    std::vector<std::string> what;
    const std::string head = path("w.yml") + ": tls_server_config.";
    for (std::string line; std::getline(lines, line);) {
      EXPECT_EQ(line.substr(0, head.size()), head);
      what.push_back(line.substr(head.size(), line.find(',') - head.size()));
    }
    EXPECT_EQ(web.successful(), what.empty());
    EXPECT_EQ(exchanges, what.empty() ? 1 : 0);
    return what;
  }
};

constexpr const char* verify = "  client_auth_type: RequireAndVerifyClientCert\n";
constexpr const char* any = "  client_auth_type: RequireAnyClientCert\n";
constexpr const char* if_given = "  client_auth_type: VerifyClientCertIfGiven\n";
constexpr const char* ca = "  client_ca_file: ca.crt\n";
constexpr const char* names = "  client_allowed_sans: [prometheus, other]\n";

TEST_F(WebAccessReload, takes_no_client_certificates_away) {
  const std::string whole = std::string(verify) + ca + names;
  const std::string type = "client_auth_type asks less of clients",
                    sans = "client_allowed_sans is gone";
  EXPECT_THAT(refused(whole, ""), ElementsAre(type, sans));
  EXPECT_THAT(refused(whole, verify), ElementsAre("client_ca is gone", sans));
  EXPECT_THAT(refused(whole, std::string(verify) + ca), ElementsAre(sans));
  EXPECT_THAT(refused(whole, std::string(any) + names), ElementsAre(type));
  EXPECT_THAT(refused(std::string(verify) + ca, std::string(if_given) + ca), ElementsAre(type));
  EXPECT_THAT(refused(any, ""), ElementsAre(type));
  EXPECT_THAT(refused(verify, ""), ElementsAre(type));  // by the system's roots
}

TEST_F(WebAccessReload, takes_what_asks_as_much_or_more) {
  const std::string whole = std::string(verify) + ca + names;
  EXPECT_THAT(refused("", whole), IsEmpty());
  EXPECT_THAT(refused(any, whole), IsEmpty());
  EXPECT_THAT(refused(whole, std::string(verify) + ca + "  client_allowed_sans: [other]\n"),
              IsEmpty());
  // Whoever shows no certificate is let in by both.
  EXPECT_THAT(refused(std::string(if_given) + ca, ""), IsEmpty());
}

TEST_F(WebAccessReload, of_the_same_is_no_event_unless_it_mends_what_was_refused) {
  int exchanges = 0;
  say("");
  WebAccessReloader web(read_web_access(path("w.yml")), [&](const WebAccess&) { ++exchanges; });
  const auto logged = [&web] {
    testing::internal::CaptureStderr();
    web.reload();
    return testing::internal::GetCapturedStderr();
  };
  const std::string words = "web configuration reloaded";
  EXPECT_EQ(logged(), "");
  EXPECT_EQ(exchanges, 0);
  say("", "rate_limit: {interval: 1s, burst: 2}\n");
  EXPECT_THAT(logged(), HasSubstr(words));
  EXPECT_EQ(exchanges, 1);
  write("w.yml", "");
  EXPECT_THAT(logged(), Not(HasSubstr(words)));
  say("", "rate_limit: {interval: 1s, burst: 2}\n");
  EXPECT_THAT(logged(), HasSubstr(words));
  EXPECT_TRUE(web.successful());
}

TEST_F(WebAccessReload, takes_neither_tls_nor_all_users_away) {
  const std::string users =
      "basic_auth_users:\n  u: $2y$10$abcdefghijklmnopqrstuuKq1W4C1bC3o7QyGmKxwkEZP2QwqYB2W\n";
  say("", users);
  WebAccessReloader web(read_web_access(path("w.yml")), [](const WebAccess&) { FAIL(); });
  write("w.yml", "");
  const std::string advice = ", and no guard is given up while the program runs; restart it";
  EXPECT_EQ(web.reload(), path("w.yml") + ": tls_server_config is gone" + advice + "\n" +
                              path("w.yml") + ": basic_auth_users is gone" + advice);
  say("");
  EXPECT_EQ(web.reload(), path("w.yml") + ": basic_auth_users is gone" + advice);
  EXPECT_FALSE(web.successful());
}

}  // namespace
}  // namespace mesh::web_access_test
