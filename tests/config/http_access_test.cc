// How an agent is reached, as a file for promtool says it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "config/load_http_access.h"

namespace mesh::http_access_test {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<ServerAccess, ConfigErrors> parse(const std::string& yaml) {
  return parse_http_access(yaml, "/home/me/http.yml", [](const std::string& path) {
    return path == "/home/me/password" ? Result<std::string>("pa$$word ${X}\n")
                                       : Error{"no such file"};
  });
}

std::string errors(const std::string& yaml) {
  const auto access = parse(yaml);
  std::string all;
  for (const Error& error : access ? ConfigErrors{} : access.error()) all += error.message + "\n";
  return all;
}

TEST(HttpAccess, is_a_password_and_tls) {
  const auto access = parse(
      "basic_auth: {username: alice, password_file: password}\n"
      "tls_config: {ca_file: ca.pem, cert_file: /c.pem, key_file: k.pem, server_name: "
      "agent.test}\n");
  ASSERT_TRUE(access);
  EXPECT_EQ(access->user, "alice");
  EXPECT_EQ(access->password, "pa$$word ${X}");
  EXPECT_TRUE(access->tls);
  EXPECT_TRUE(access->verified);
  EXPECT_EQ(access->ca_file, "/home/me/ca.pem");
  EXPECT_EQ(access->certificate_file, "/c.pem");
  EXPECT_EQ(access->key_file, "/home/me/k.pem");
  EXPECT_EQ(access->server_name, "agent.test");
}

TEST(HttpAccess, is_nothing_where_nothing_is_said) {
  for (const char* yaml : {"", "{}", "# nothing\n"}) {
    const auto access = parse(yaml);
    ASSERT_TRUE(access);
    EXPECT_FALSE(access->tls);
    EXPECT_EQ(access->user, "");
  }
  EXPECT_FALSE(parse("tls_config: {insecure_skip_verify: true}")->verified);
  EXPECT_EQ(parse("basic_auth: {username: a, password: \"$$\"}")->password, "$$");
}

TEST(HttpAccess, has_every_mistake_told_without_the_password) {
  EXPECT_THAT(errors("bearer_token: x"), HasSubstr("http.yml:1:1: unknown key \"bearer_token\""));
  EXPECT_THAT(errors("basic_auth: {password: secret}"),
              HasSubstr("the key \"username\" is missing"));
  const std::string both = errors("basic_auth: {username: a, password: secret, password_file: x}");
  EXPECT_THAT(both, HasSubstr("basic_auth.password: beside password_file"));
  EXPECT_THAT(both, Not(HasSubstr("secret")));
  EXPECT_THAT(errors("basic_auth: {username: a, password_file: x}"),
              HasSubstr("\"/home/me/x\" (from \"x\") cannot be read: no such file"));
  EXPECT_THAT(errors("tls_config: {cert_file: x}"), HasSubstr("expected both or none"));
}

}  // namespace
}  // namespace mesh::http_access_test
