// Which part of a merged page the agent did not get.
#include "dialect/agent_scrapes.h"

#include <gtest/gtest.h>

#include <string>

namespace mesh::agent_scrapes_test {
namespace {

class AgentScrapesTest : public testing::Test {
 protected:
  // Whether Envoy's part is missing from the next page.
  bool misses_envoy(const std::string& page) {
    scrapes_.begin();
    read_exposition(page + "istio_agent_scrapes_total 9\n",
                    [&](const Sample& sample) { scrapes_.enter(sample); });
    return scrapes_.failed("envoy");
  }
  static std::string failures(const std::string& part, int number) {
    return "istio_agent_scrape_failures_total{type=\"" + part + "\"} " + std::to_string(number) +
           "\n";
  }

  AgentScrapes scrapes_;
};

TEST_F(AgentScrapesTest, the_first_failure_has_a_line_where_there_was_none) {
  EXPECT_FALSE(misses_envoy(""));
  EXPECT_TRUE(misses_envoy(failures("envoy", 1)));
  EXPECT_FALSE(misses_envoy(failures("envoy", 1)));
  EXPECT_TRUE(misses_envoy(failures("envoy", 2)));
}

TEST_F(AgentScrapesTest, what_was_counted_before_the_first_page_is_history) {
  EXPECT_FALSE(misses_envoy(failures("envoy", 7)));
  EXPECT_FALSE(misses_envoy(failures("envoy", 7)));
}

TEST_F(AgentScrapesTest, parts_are_told_apart) {
  EXPECT_FALSE(misses_envoy(""));
  EXPECT_FALSE(misses_envoy(failures("application", 1) + failures("agent", 1)));
  EXPECT_TRUE(scrapes_.failed("application"));
}

TEST_F(AgentScrapesTest, an_agent_that_began_anew_counts_from_nothing) {
  EXPECT_FALSE(misses_envoy(failures("envoy", 7)));
  EXPECT_FALSE(misses_envoy(failures("envoy", 1)));
  EXPECT_TRUE(misses_envoy(failures("envoy", 2)));
}

TEST_F(AgentScrapesTest, a_page_without_the_agents_own_part_changes_nothing) {
  EXPECT_FALSE(misses_envoy(failures("envoy", 7)));
  scrapes_.begin();
  EXPECT_FALSE(scrapes_.failed("envoy"));
  EXPECT_FALSE(misses_envoy(failures("envoy", 7)));
}

}  // namespace
}  // namespace mesh::agent_scrapes_test
