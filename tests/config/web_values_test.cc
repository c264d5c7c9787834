// Values of a web configuration as Go's programs take them, and those that would not guard what
// somebody wants to guard.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "config/load_web.h"

namespace mesh::web_values_test {
namespace {

using testing::HasSubstr;

// All errors, a line each.
std::string errors(const std::string& yaml) {
  const auto config = parse_web_config(
      yaml, "web.yml", [](const std::string&) { return Result<std::string>(std::string("PEM")); });
  std::string all;
  for (const Error& error : config ? ConfigErrors{} : config.error()) all += error.message + "\n";
  return all;
}

std::string tls_errors(const std::string& more) {
  return errors("tls_server_config: {cert_file: a, key_file: b, " + more + "}");
}

// Such a client would be let in without any name, which is not what somebody wants who lists them.
TEST(WebConfigErrors, of_names_beside_a_policy_that_takes_no_certificate_for_an_answer) {
  for (const std::string policy : {"RequestClientCert", "VerifyClientCertIfGiven"}) {
    EXPECT_THAT(tls_errors("client_auth_type: " + policy + ", client_allowed_sans: [one]"),
                HasSubstr("client_allowed_sans: beside a client_auth_type that lets clients "));
    EXPECT_EQ(tls_errors("client_auth_type: " + policy + ", client_allowed_sans: "), "");
  }
  EXPECT_EQ(tls_errors("client_auth_type: RequireAnyClientCert, client_allowed_sans: [one]"), "");
}

TEST(WebConfig, takes_the_truth_values_of_yaml_1_1_and_no_value_for_left_out) {
  for (const std::string word : {"yes", "On", "TRUE", "y", "no", "Off", "FALSE", "n", ""}) {
    EXPECT_EQ(errors("http_server_config: {http2: " + word + "}"), "") << word;
    EXPECT_EQ(tls_errors("prefer_server_cipher_suites: " + word), "") << word;
  }
  for (const std::string word : {"yEs", "0", "oui", "\"\""}) {
    EXPECT_THAT(errors("http_server_config: {http2: " + word + "}"),
                HasSubstr("expected true or false"));
  }
  EXPECT_EQ(errors("rate_limit:\n  interval:\n  burst:\n"), "");
  EXPECT_THAT(errors("rate_limit: {burst: 1, interval: \"\"}"), HasSubstr("is no duration"));
}

}  // namespace
}  // namespace mesh::web_values_test
