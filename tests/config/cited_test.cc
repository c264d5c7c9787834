// What errors repeat of a file, and that it is no secret: they stand in logs and in answers.
#include "config/cited.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "config/load_http_access.h"
#include "config/load_web.h"
#include "config/parse.h"

namespace mesh::cited_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string hash = "$2b$10$abcdefghijklmnopqrstuv0123456789ABCDEFGHIJKLMNOPQRSTU";
const std::string key_line = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgf4jJq4kcBggH10TC";

const FileReader no_files = [](const std::string&) { return Error{"no such file"}; };

std::string errors_of_web(const std::string& yaml) {
  const auto config = parse_web_config(yaml, "web.yml", no_files);
  std::string text;
  for (const Error& error : config ? ConfigErrors{} : config.error()) text += error.message + "\n";
  return text;
}

TEST(Cited, is_the_word_in_quotes) {
  for (const std::string word : {"", "yess", "/etc/ssl/certs/meshes/production/frontends.pem",
                                 "unix:/run/envoy/admin.sock", "$HOME", "10.0.0.7:15090"}) {
    EXPECT_EQ(cited(word), '"' + word + '"');
  }
}

TEST(Cited, leaves_the_user_of_a_url_out) {
  EXPECT_EQ(cited("http://user:pa55@host:1/a@b"), "\"http://…@host:1/a@b\"");
  EXPECT_EQ(cited("ftp://us@er@host"), "\"ftp://…@host\"");
  EXPECT_EQ(cited("http://host/a@b"), "\"http://host/a@b\"");
}

TEST(Cited, leaves_the_query_of_a_url_out) {
  EXPECT_EQ(cited("http://user@127.0.0.1:1/x?token=abc"), "\"http://…@127.0.0.1:1/x?…\"");
  EXPECT_EQ(cited("http://h?a=1#b"), "\"http://h?…\"");
  EXPECT_EQ(cited("http://h/#access_token=abc"), "\"http://h/#…\"");
  EXPECT_EQ(cited("http://h/x?"), "\"http://h/x?\"");
  EXPECT_EQ(cited("what?"), "\"what?\"");
}

TEST(Cited, says_nothing_of_what_may_be_a_secret) {
  const std::string none = "what stands there (it may be a secret)";
  for (const std::string& word :
       {hash, key_line, "alice " + hash, std::string("-----BEGIN RSA PRIVATE KEY-----"),
        std::string("eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.e30"), "*" + hash}) {
    EXPECT_EQ(cited(word), none) << word;
  }
}

TEST(ConfigErrors, show_no_path_that_a_variable_may_stand_in) {
  EXPECT_EQ(errors_of("targets:\n- {name: a, metrics: 'http://${H}:1/${S}/x y?z'}\n",
                      {{"H", "host"}, {"S", "hush"}}),
            "f.yaml:2:22: targets[0].metrics: \"http://host:1/…\" (from "
            "\"http://${H}:1/${S}/x y?…\") has a path with characters that must be "
            "percent-encoded; expected http://HOST:PORT/PATH\n");
}

TEST(WebConfigErrors, repeat_no_key_and_no_hash) {
  const std::string tls = "tls_server_config:\n  cert_file: c.pem\n";
  const std::string sources[] = {
      tls + "  " + key_line + "\n",  // pasted in, without its frame
      tls + "  key_file: |\n    -----BEGIN EC PRIVATE KEY-----\n    " + key_line + "\n",
      "basic_auth_users: {alice: *" + hash + "}",
      "basic_auth_users: {alice: @" + hash + "}",
      "basic_auth_users: {alice: !" + hash + " x}",
      "basic_auth_users: {" + hash + ": alice}",
      hash + ": alice",
      "http_server_config: " + hash,
  };
  for (const std::string& source : sources) {
    const std::string said = errors_of_web(source);
    EXPECT_THAT(said, AllOf(HasSubstr("web.yml:"), Not(HasSubstr(key_line.substr(0, 12))),
                            Not(HasSubstr(hash.substr(0, 12)))))
        << source;
  }
}

TEST(WebConfigErrors, say_what_users_are) {
  EXPECT_THAT(errors_of_web("basic_auth_users: [a]"),
              HasSubstr("basic_auth_users: a list is no mapping; expected KEY: VALUE"));
}

// Linear: with a search for each among all it would take a minute.
TEST(WebConfig, has_as_many_users_as_fit) {
  std::string yaml = "basic_auth_users:\n";
  for (int i = 0; i < 30'000; ++i) yaml += "  user" + std::to_string(i) + ": " + hash + "\n";
  const auto config = parse_web_config(yaml, "web.yml", no_files);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->users.size(), 30'000u);
}

// A password that YAML takes for an alias, a tag or a directive.
TEST(HttpAccess, has_no_password_in_an_error_of_syntax) {
  for (const std::string begin : {"*", "@", "%", "`"}) {
    const std::string yaml = "basic_auth: {username: a, password: " + begin + "hunter2}";
    const auto access = parse_http_access(yaml, "http.yml", no_files);
    ASSERT_FALSE(access) << yaml;
    ASSERT_THAT(access.error(), Not(IsEmpty()));
    for (const Error& error : access.error()) {
      EXPECT_THAT(error.message, Not(HasSubstr("hunter2"))) << yaml;
    }
  }
}

}  // namespace
}  // namespace mesh::cited_test
