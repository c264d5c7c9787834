// The web configuration: what each key gives, and the one line that each mistake earns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "config/load_web.h"

namespace mesh::web_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::map<std::string, std::string> files{{"/etc/mesh/server.crt", "CERT"},
                                               {"/etc/mesh/server.key", "KEY"},
                                               {"/etc/mesh/ca.pem", "CA"},
                                               {"/other/ca.pem", "OTHER CA"}};

Result<WebConfig, ConfigErrors> parse(const std::string& yaml) {
  return parse_web_config(yaml, "/etc/mesh/web.yml", [](const std::string& path) {
    const auto file = files.find(path);
    return file == files.end() ? Result<std::string>(Error{"no such file"}) : file->second;
  });
}

WebConfig parsed(const std::string& yaml) {
  const auto config = parse(yaml);
  for (const Error& error : config ? ConfigErrors{} : config.error())
    ADD_FAILURE() << error.message;
  return config ? *config : WebConfig{};
}

// All errors, a line each, without the name of the file.
std::string errors(const std::string& yaml) {
  const auto config = parse(yaml);
  std::string all;
  for (const Error& error : config ? ConfigErrors{} : config.error()) {
    EXPECT_THAT(error.message, testing::StartsWith("/etc/mesh/web.yml:"));
    all.append(all.empty() ? "" : "\n").append(error.message.substr(18));
  }
  return all;
}

const std::string with_files = "tls_server_config: {cert_file: server.crt, key_file: server.key";

WebConfig tls_with(const std::string& more) { return parsed(with_files + ", " + more + "}"); }
std::string tls_errors(const std::string& more) { return errors(with_files + ", " + more + "}"); }

constexpr const char* hash = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

TEST(WebConfig, of_nothing_guards_nothing) {
  for (const char* yaml :
       {"", "# nothing\n", "{}", "tls_server_config:\nhttp_server_config:\n",
        "tls_server_config: {cert_file: \"\", key_file: }\nbasic_auth_users: {}"}) {
    EXPECT_EQ(parsed(yaml), WebConfig{}) << yaml;
  }
}

// As the documentation of Prometheus shows one, with every section.
TEST(WebConfig, of_a_prometheus_is_taken_as_it_is) {
  const WebConfig config = parsed(
      "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"
      "basic_auth_users:\n  alice: " +
      std::string(hash) + "\n  bob: " + hash +
      "\n"
      "http_server_config:\n  http2: true\n  headers:\n    X-Frame-Options: deny\n"
      "    Strict-Transport-Security: max-age=31536000; includeSubDomains\n"
      "    X-XSS-Protection: 1\n    Content-Security-Policy: \"default-src 'self' *.example.net\"\n"
      "rate_limit:\n  interval: \"1s\"\n  burst: 20\n");
  ASSERT_TRUE(config.tls);
  EXPECT_EQ(config.tls->certificate, "CERT");
  EXPECT_EQ(config.tls->key, "KEY");
  EXPECT_THAT(config.files, ElementsAre("/etc/mesh/server.crt", "/etc/mesh/server.key"));
  EXPECT_EQ(config.users, (std::map<std::string, std::string>{{"alice", hash}, {"bob", hash}}));
  EXPECT_EQ(config.headers.at("X-XSS-Protection"), "1");
  EXPECT_EQ(config.headers.size(), 4u);
  EXPECT_EQ(config.rate, (WebRate{std::chrono::seconds(1), 20}));
}

TEST(WebConfig, has_the_defaults_of_prometheus) {
  const WebConfig config = parsed(with_files + "}");
  EXPECT_EQ(config.tls->client_auth, ClientAuth::none);
  EXPECT_EQ(config.tls->min_version, 0x0303);
  EXPECT_EQ(config.tls->max_version, 0x0304);
  EXPECT_TRUE(config.tls->prefer_server_cipher_suites);
  EXPECT_THAT(config.tls->cipher_suites, IsEmpty());
  EXPECT_THAT(config.tls->curves, IsEmpty());
}

TEST(WebConfig, takes_certificates_inline) {
  const WebConfig config = parsed(
      "tls_server_config:\n  cert: |\n    -----BEGIN CERTIFICATE-----\n    abc\n  key: KEY TEXT\n"
      "  client_ca: CA TEXT\n  client_auth_type: VerifyClientCertIfGiven\n");
  EXPECT_EQ(config.tls->certificate, "-----BEGIN CERTIFICATE-----\nabc\n");
  EXPECT_EQ(config.tls->key, "KEY TEXT");
  EXPECT_EQ(config.tls->client_ca, "CA TEXT");
  EXPECT_THAT(config.files, IsEmpty());
}

TEST(WebConfig, takes_inline_text_longer_than_any_other_value) {
  const WebConfig config = parsed("tls_server_config: {key_file: server.key, cert: \"" +
                                  std::string(100'000, 'x') + "\"}");
  EXPECT_EQ(config.tls->certificate.size(), 100'000u);
}

TEST(WebConfig, reads_files_beside_itself_or_by_their_whole_path) {
  EXPECT_EQ(tls_with("client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem")
                .tls->client_ca,
            "CA");
  const WebConfig other =
      tls_with("client_auth_type: RequireAndVerifyClientCert, client_ca_file: /other/ca.pem");
  EXPECT_EQ(other.tls->client_ca, "OTHER CA");
  EXPECT_EQ(other.files.back(), "/other/ca.pem");
}

TEST(WebConfig, knows_every_client_auth_type) {
  const auto type = [](const char* name) {
    return tls_with(std::string("client_auth_type: ") + name).tls->client_auth;
  };
  EXPECT_EQ(type("NoClientCert"), ClientAuth::none);
  EXPECT_EQ(type("\"\""), ClientAuth::none);
  EXPECT_EQ(type("RequestClientCert"), ClientAuth::request);
  EXPECT_EQ(type("RequireAnyClientCert"), ClientAuth::require_any);
  EXPECT_EQ(type("RequireClientCert"), ClientAuth::require_any);
  EXPECT_EQ(type("VerifyClientCertIfGiven"), ClientAuth::verify_if_given);
  EXPECT_EQ(type("RequireAndVerifyClientCert"), ClientAuth::verify);
}

TEST(WebConfig, knows_versions_suites_curves_and_names) {
  const WebConfig config = tls_with(
      "min_version: TLS10, max_version: TLS12, prefer_server_cipher_suites: false, "
      "cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256, "
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256], curve_preferences: [CurveP521, X25519], "
      "client_auth_type: RequireAnyClientCert, client_allowed_sans: [one, \"10.0.0.1\"]");
  EXPECT_EQ(config.tls->min_version, 0x0301);
  EXPECT_EQ(config.tls->max_version, 0x0303);
  EXPECT_FALSE(config.tls->prefer_server_cipher_suites);
  EXPECT_THAT(config.tls->cipher_suites,
              ElementsAre("ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"));
  EXPECT_THAT(config.tls->curves, ElementsAre("P-521", "X25519"));
  EXPECT_THAT(config.tls->client_allowed_sans, ElementsAre("one", "10.0.0.1"));
}

TEST(WebConfig, with_suites_of_tls_1_3_only_speaks_nothing_below) {
  EXPECT_EQ(tls_with("cipher_suites: [TLS_AES_128_GCM_SHA256]").tls->min_version, 0x0304);
  EXPECT_THAT(tls_errors("max_version: TLS12, cipher_suites: [TLS_AES_128_GCM_SHA256]"),
              HasSubstr("cipher_suites: has suites of TLS 1.3 only"));
}

TEST(WebConfig, takes_nothing_for_a_variable) {
  EXPECT_EQ(parsed("http_server_config: {headers: {Content-Security-Policy: \"$$ ${NONE}\"}}")
                .headers.at("Content-Security-Policy"),
            "$$ ${NONE}");
}

TEST(WebConfig, sends_no_header_that_is_blank) {
  EXPECT_THAT(
      parsed("http_server_config: {headers: {X-Frame-Options: \"\", X-XSS-Protection: }}").headers,
      IsEmpty());
}

TEST(WebConfig, reads_intervals_as_go_does) {
  const auto interval = [](const std::string& text) {
    return parsed("rate_limit: {burst: 1, interval: " + text + "}").rate.interval;
  };
  using namespace std::chrono_literals;
  EXPECT_EQ(interval("0"), 0ns);
  EXPECT_EQ(interval("1s"), 1s);
  EXPECT_EQ(interval("1.5s"), 1500ms);
  EXPECT_EQ(interval("1m30s"), 90s);
  EXPECT_EQ(interval("250us"), 250us);
  EXPECT_EQ(interval("1000000000"), 1s) << "nanoseconds";
  EXPECT_EQ(parsed("rate_limit: {interval: 0, burst: 0}").rate, WebRate{});
}

TEST(WebConfigErrors, name_line_and_key) {
  EXPECT_EQ(errors("tls_server_config:\n  cert_filse: server.crt\n"),
            "2:3: tls_server_config: unknown key \"cert_filse\"; did you mean cert_file? expected "
            "cert, key, client_ca, cert_file, key_file, client_ca_file, client_auth_type, "
            "client_allowed_sans, min_version, max_version, cipher_suites, curve_preferences or "
            "prefer_server_cipher_suites");
  EXPECT_THAT(errors("tls_config: {}"),
              HasSubstr("1:1: unknown key \"tls_config\"; expected tls_server_config, "));
  EXPECT_THAT(errors("http_server_config: {http3: true}"), HasSubstr("unknown key \"http3\""));
  EXPECT_THAT(errors("rate_limit: {rate: 1}"), HasSubstr("rate_limit: unknown key \"rate\""));
  EXPECT_THAT(errors("a mere word"), HasSubstr("expected the keys"));
  EXPECT_THAT(errors("a: {"), HasSubstr("not YAML"));
}

TEST(WebConfigErrors, of_values_that_are_none) {
  EXPECT_THAT(tls_errors("min_version: TLS111"),
              HasSubstr("tls_server_config.min_version: \"TLS111\""));
  EXPECT_THAT(tls_errors("min_version: TLS13, max_version: TLS12"),
              HasSubstr("is above max_version"));
  EXPECT_THAT(tls_errors("max_version: TLS11"), HasSubstr("is above max_version"));
  EXPECT_THAT(tls_errors("client_auth_type: Verify"),
              HasSubstr("client_auth_type: \"Verify\" is unknown; expected NoClientCert, "));
  EXPECT_THAT(tls_errors("cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]"),
              HasSubstr("cipher_suites[0]: \"TLS_RSA_WITH_RC4_128_SHA\" is unknown"));
  EXPECT_THAT(tls_errors("cipher_suites: TLS_AES_128_GCM_SHA256"), HasSubstr("expected a list"));
  EXPECT_THAT(tls_errors("curve_preferences: [CurveP257]"), HasSubstr("did you mean CurveP256?"));
  EXPECT_THAT(tls_errors("prefer_server_cipher_suites: maybe"),
              HasSubstr("expected true or false"));
  EXPECT_THAT(errors("http_server_config: {http2: maybe}"), HasSubstr("expected true or false"));
}

TEST(WebConfigErrors, of_certificates_that_are_missing) {
  EXPECT_EQ(
      errors("tls_server_config: {min_version: TLS12}"),
      "1:20: tls_server_config: the key \"cert_file\" is missing; expected it, or \"cert\" with "
      "the text itself\n1:20: tls_server_config: the key \"key_file\" is missing; expected it, "
      "or \"key\" with the text itself");
  EXPECT_THAT(errors("tls_server_config: {cert_file: server.crt, key_file: \"\"}"),
              HasSubstr("the key \"key_file\" is missing"));
  EXPECT_EQ(
      errors("tls_server_config:\n  cert_file: none.crt\n  key_file: server.key\n"),
      "2:14: tls_server_config.cert_file: \"none.crt\" cannot be read: no such file; expected a "
      "PEM file");
  EXPECT_THAT(tls_errors("cert: text"), HasSubstr("cert: beside cert_file; expected one of them"));
}

TEST(WebConfigErrors, of_clients_that_are_not_asked) {
  EXPECT_THAT(tls_errors("client_ca_file: ca.pem"),
              HasSubstr("client_ca_file: without a client_auth_type no client is asked"));
  EXPECT_THAT(tls_errors("client_auth_type: NoClientCert, client_allowed_sans: [one]"),
              HasSubstr("client_allowed_sans: without a client_auth_type"));
  EXPECT_THAT(tls_errors("client_auth_type: RequireAnyClientCert, client_allowed_sans: []"),
              HasSubstr("an empty list lets nobody in"));
}

TEST(WebConfigErrors, of_headers) {
  const auto header = [](const std::string& text) {
    return errors("http_server_config: {headers: {" + text + "}}");
  };
  EXPECT_THAT(header("Content-Type: foo"), HasSubstr("unknown key \"Content-Type\""));
  EXPECT_THAT(header("x-frame-options: deny"), HasSubstr("did you mean X-Frame-Options?"));
  EXPECT_THAT(header("X-Frame-Options: allow"), HasSubstr("expected deny or sameorigin"));
  EXPECT_THAT(header("X-Content-Type-Options: sniff"), HasSubstr("expected nosniff"));
  EXPECT_THAT(header("Content-Security-Policy: \"a\\nSet-Cookie: b\""),
              HasSubstr("cannot stand in a header"));
}

TEST(WebConfigErrors, of_hashes_show_no_word_of_them) {
  const auto user = [](const std::string& value) {
    return errors("basic_auth_users:\n  john: " + value + "\n");
  };
  EXPECT_THAT(user("doe"),
              HasSubstr("2:9: basic_auth_users.john: is no hash of bcrypt; expected one"));
  for (const std::string& wrong :
       {std::string("$2x$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"),
        std::string(hash) + "x", std::string(hash).substr(1),
        std::string("$2y$1x$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"),
        std::string("$2y$10$QOauhQNbBCuQDKes6eFzPe!qBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi")}) {
    EXPECT_THAT(user("\"" + wrong + "\""), HasSubstr("is no hash of bcrypt"));
    EXPECT_THAT(user("\"" + wrong + "\""), Not(HasSubstr("QOauh")));
  }
  EXPECT_THAT(user("$2y$31$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"),
              HasSubstr("has a cost above 20"));
  EXPECT_THAT(user("$2y$03$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"),
              HasSubstr("a cost below 4"));
  EXPECT_THAT(user(""), HasSubstr("has no hash"));
  EXPECT_THAT(errors("basic_auth_users: {\"a:b\": \"" + std::string(hash) + "\"}"),
              HasSubstr("colon"));
  EXPECT_THAT(errors("basic_auth_users: {a: " + std::string(hash) + ", a: x}"),
              HasSubstr("is there already"));
}

TEST(WebConfigErrors, of_rates) {
  const auto rate = [](const std::string& text) { return errors("rate_limit: {" + text + "}"); };
  EXPECT_THAT(rate("interval: often, burst: 1"),
              HasSubstr("rate_limit.interval: \"often\" is no duration"));
  for (const char* text : {"1x", "s", "1s1", "-1s", "\"\"", "1e9s", "9999999h"}) {
    EXPECT_THAT(rate(std::string("burst: 1, interval: ") + text), HasSubstr("is no duration"))
        << text;
  }
  EXPECT_THAT(rate("interval: 1s"), HasSubstr("a burst of 0 lets nothing through"));
  EXPECT_THAT(rate("interval: 1s, burst: 0"), HasSubstr("a burst of 0 lets nothing through"));
  EXPECT_THAT(rate("interval: 1s, burst: -1"), HasSubstr("burst: \"-1\" is not a whole number"));
}

TEST(WebConfigErrors, of_a_file_that_is_not_there_name_it) {
  const auto config = load_web_config("/no/such/web.yml");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().front().message,
              testing::StartsWith("/no/such/web.yml: cannot be read: "));
}

}  // namespace
}  // namespace mesh::web_test
