// One question to whatever answers where an agent is expected.
#include "app/ask_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "support/fake_admin.h"
#include "support/tls_server.h"

namespace mesh::ask_agent_test {
namespace {

using support::FakeAdmin;
namespace habits = support::habits;

constexpr std::string_view instead = "; name another one";

TEST(AskAgent, lets_no_answer_steer_the_terminal) {
  FakeAdmin agent;
  agent.on("/certificates", habits::page("A  B\nc\x1b[31m  \xC3\xBC\n\nlast"));
  const auto answer = ask_agent({agent.address(), {}, ""}, "/certificates", instead);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(*answer, "A  B\nc\uFFFD[31m  \xC3\xBC\n\nlast\n");
}

TEST(AskAgent, says_who_answered_something_else) {
  FakeAdmin agent;
  agent.on("/certificates", habits::forbidden());
  const auto answer = ask_agent({agent.address(), {}, ""}, "/certificates", instead);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().message,
            "the agent at " + to_string(agent.address()) +
                " answered with HTTP status 403; is it a mesh_exporter of this version?");
}

// The error less who it is about.
std::string trouble_with(const Address& address, std::optional<bool> tls, const std::string& file) {
  const auto answer = ask_agent({address, tls, file}, "/certificates", instead);
  if (answer) return "";
  const std::string who = "the agent at " + to_string(address) + ": ";
  const std::string& message = answer.error().message;
  return message.starts_with(who) ? message.substr(who.size()) : message;
}

TEST(AskAgent, advises_another_agent_only_where_none_is_there) {
  Address nobody;
  {
    const FakeAdmin agent;
    nobody = agent.address();
  }
  EXPECT_EQ(trouble_with(nobody, {}, ""), "connection refused; name another one");
}

TEST(AskAgent, names_the_file_by_which_a_certificate_can_be_trusted) {
  const support::TlsServer server(support::mint({.alt_names = "IP:127.0.0.1"}));
  EXPECT_EQ(trouble_with(server.address(), true, ""),
            "the server's certificate is not accepted: self-signed certificate; whom to trust and "
            "what to show is said by tls_config in --http.config.file");
}

TEST(AskAgent, leaves_a_file_that_cannot_be_used_at_what_is_wrong_with_it) {
  EXPECT_THAT(trouble_with(Address{}, true, "/no/such.yml"),
              testing::AllOf(testing::StartsWith("/no/such.yml: cannot be read: "),
                             testing::Not(testing::HasSubstr("another one"))));
}

}  // namespace
}  // namespace mesh::ask_agent_test
