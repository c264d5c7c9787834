// One question to whatever answers where an agent is expected.
#include "app/ask_agent.h"

#include <gtest/gtest.h>

#include "support/fake_admin.h"

namespace mesh::ask_agent_test {
namespace {

using support::FakeAdmin;
namespace habits = support::habits;

TEST(AskAgent, lets_no_answer_steer_the_terminal) {
  FakeAdmin agent;
  agent.on("/certificates", habits::page("A  B\nc\x1b[31m  \xC3\xBC\n\nlast"));
  const auto answer = ask_agent({agent.address(), {}, ""}, "/certificates");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(*answer, "A  B\nc\uFFFD[31m  \xC3\xBC\n\nlast\n");
}

TEST(AskAgent, says_who_answered_something_else) {
  FakeAdmin agent;
  agent.on("/certificates", habits::forbidden());
  const auto answer = ask_agent({agent.address(), {}, ""}, "/certificates");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().message,
            "the agent at " + to_string(agent.address()) +
                " answered with HTTP status 403; is it a mesh_exporter of this version?");
}

}  // namespace
}  // namespace mesh::ask_agent_test
