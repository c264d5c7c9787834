// What became of a call, in each of the spellings of Linkerd's page.
#include "dialect/linkerd_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace mesh::linkerd_answer_test {
namespace {

using testing::Optional;

template <class Read>
auto of(std::string_view labels, Read read) {
  std::optional<decltype(read(std::declval<const Sample&>()))> outcome;
  read_exposition("family{" + std::string(labels) + "} 1\n",
                  [&](const Sample& sample) { outcome = read(sample); });
  return outcome.value();
}

Outcome call(std::string_view status) { return {Counted::calls, status}; }
Outcome reset(std::string_view kind) { return {Counted::resets, kind}; }

TEST(LinkerdAnswerTest, is_a_status_as_a_number) {
  const auto of_answer = [](std::string_view labels) { return of(labels, outcome_of_answer); };
  EXPECT_THAT(of_answer(R"(grpc_status="14",classification="failure")"),
              Optional(call("UNAVAILABLE")));
  EXPECT_THAT(of_answer(R"(grpc_status="0",classification="success")"), Optional(call("OK")));
  EXPECT_THAT(of_answer(R"(grpc_status_code="5",classification="success")"),
              Optional(call("NOT_FOUND")));
  EXPECT_THAT(of_answer(R"(grpc_status="99",classification="success")"), Optional(call("other")));
  EXPECT_THAT(of_answer(R"(grpc_status="what",classification="success")"), Optional(call("other")));
}

TEST(LinkerdAnswerTest, tells_a_stream_without_a_status_from_a_server_that_said_unknown) {
  EXPECT_THAT(of(R"(grpc_status="2",classification="success")", outcome_of_answer),
              Optional(reset("unknown")));
  EXPECT_THAT(of(R"(grpc_status="2",classification="failure")", outcome_of_answer),
              Optional(call("UNKNOWN")));
  EXPECT_EQ(of(R"(grpc_status="UNKNOWN",error="UNKNOWN")", outcome_of_call), reset("unknown"));
  EXPECT_EQ(of(R"(grpc_status="UNKNOWN",error="")", outcome_of_call), call("UNKNOWN"));
}

TEST(LinkerdAnswerTest, is_none_where_the_answer_is_not_grpcs) {
  EXPECT_EQ(of(R"(status_code="200",grpc_status="",error="")", outcome_of_answer), std::nullopt);
  EXPECT_EQ(of(R"(status_code="500",grpc_status="",error="unclassified")", outcome_of_answer),
            std::nullopt);
  EXPECT_THAT(of(R"(grpc_status="",error="unclassified")", outcome_of_answer),
              Optional(reset("unknown")));
}

TEST(LinkerdAnswerTest, is_a_status_by_name_or_what_the_proxy_sends_in_its_place) {
  const auto of_error = [](const std::string& error) {
    return of("grpc_status=\"UNKNOWN\",error=\"" + error + "\"", outcome_of_call);
  };
  EXPECT_EQ(of(R"(grpc_status="RESOURCE_EXHAUSTED",error="")", outcome_of_call),
            call("RESOURCE_EXHAUSTED"));
  EXPECT_EQ(of(R"(grpc_status="INTERNAL",error="RESET")", outcome_of_call), call("INTERNAL"));
  EXPECT_EQ(of_error("REQUEST_TIMEOUT"), call("DEADLINE_EXCEEDED"));
  EXPECT_EQ(of_error("RESPONSE_HEADERS_TIMEOUT"), call("DEADLINE_EXCEEDED"));
  EXPECT_EQ(of_error("FAIL_FAST"), call("DEADLINE_EXCEEDED"));
  EXPECT_EQ(of_error("LOAD_SHED"), call("UNAVAILABLE"));
  EXPECT_EQ(of_error("IDLE_TIMEOUT"), reset("local"));
  EXPECT_EQ(of_error("REFUSED"), reset("remote"));
  EXPECT_EQ(of_error("GO_AWAY"), reset("lost"));
  EXPECT_EQ(of_error("SOMETHING_NEW"), reset("unknown"));
}

TEST(LinkerdAnswerTest, knows_timeouts_and_the_want_of_endpoints) {
  EXPECT_TRUE(of(R"(error="REQUEST_TIMEOUT")", timed_out));
  EXPECT_FALSE(of(R"(error="IDLE_TIMEOUT")", timed_out));
  EXPECT_FALSE(of(R"(error="FAIL_FAST")", timed_out));
  EXPECT_TRUE(of(R"(error="FAIL_FAST")", found_no_endpoint));
  EXPECT_TRUE(of(R"(error="LOAD_SHED")", found_no_endpoint));
  EXPECT_FALSE(of(R"(error="")", found_no_endpoint));
}

}  // namespace
}  // namespace mesh::linkerd_answer_test
