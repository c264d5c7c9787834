// A conversation carried over real sockets, and what it is said to have cost.
#include "scrape/target_client.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/fake_admin.h"

namespace mesh::support::target_client_test {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr std::size_t max_bytes = 64 * 1024;

// Asks for these paths, one after the other, until one fails.
class Questions final : public Conversation {
 public:
  Questions(std::vector<std::string> paths, Request::Port port)
      : paths_(std::move(paths)), port_(port) {}

  Step begin(Instant) override {
    next_ = 0;
    return hear(Response{});
  }
  Step hear(Answer answer) override {
    if (!answer) return answer.error();
    if (next_ == paths_.size()) return Readings{};
    return Request{port_, paths_[next_++]};
  }

 private:
  std::vector<std::string> paths_;
  Request::Port port_;
  std::size_t next_ = 0;
};

asio::awaitable<void> poll(TargetClient& client, Conversation& conversation, Instant deadline,
                           PollOutcome& result) {
  PollOutcome outcome = co_await client.poll(conversation, max_bytes, deadline);
  result = std::move(outcome);
}

class TargetClientTest : public ::testing::Test {
 protected:
  PollOutcome ask(std::vector<std::string> paths, milliseconds within = std::chrono::seconds(20)) {
    return ask(std::move(paths), Request::Port::admin, within);
  }

  PollOutcome ask(std::vector<std::string> paths, Request::Port port,
                  milliseconds within = std::chrono::seconds(20)) {
    Questions questions(std::move(paths), port);
    PollOutcome outcome;
    const Instant deadline = Instant::clock::now() + within;
    asio::co_spawn(io_, poll(client_, questions, deadline, outcome), asio::detached);
    io_.restart();
    io_.run();
    return outcome;
  }

  // How many bytes a poll is said to have read that met with this, and how it ended.
  std::string met_with(const Habit& habit, milliseconds within = std::chrono::seconds(20)) {
    admin_.on_everything(habit);
    const PollOutcome outcome = ask({"/"}, within);
    const auto* failure = std::get_if<Failure>(&outcome.result);
    return std::to_string(outcome.bytes) + " " +
           (failure ? std::string(to_string(failure->reason)) : "readings");
  }

  static Target target(const FakeAdmin& admin) {
    Target target;
    target.admin = admin.address();
    return target;
  }

  FakeAdmin admin_;
  asio::io_context io_{1};
  const Target target_ = target(admin_);
  TargetClient client_{io_.get_executor(), target_, "/sys/fs/cgroup"};
};

TEST_F(TargetClientTest, asks_every_question_on_one_connection) {
  admin_.on("/a", habits::page("a: 1\n"));
  admin_.on("/b", habits::page("b: 1\n"));
  EXPECT_TRUE(std::holds_alternative<Readings>(ask({"/a", "/b"}).result));
  EXPECT_EQ(admin_.requests(), 2);
  EXPECT_EQ(admin_.connections(), 1);
}

TEST_F(TargetClientTest, ends_with_the_failure_of_the_conversation) {
  admin_.on("/a", habits::close_in_body());
  EXPECT_TRUE(std::holds_alternative<Failure>(ask({"/a", "/b"}).result));
  EXPECT_EQ(admin_.requests_for("/b"), 0);
}

TEST_F(TargetClientTest, counts_the_bodies_of_all_answers_of_one_poll) {
  admin_.on("/a", habits::page("a: 1\n"));
  admin_.on("/b", habits::chunked_page("b: 20\n"));
  EXPECT_EQ(ask({"/a", "/b"}).bytes, 11u);
  EXPECT_EQ(ask({"/a"}).bytes, 5u);
}

TEST_F(TargetClientTest, counts_what_came_of_an_answer_that_was_cut) {
  EXPECT_EQ(met_with(habits::close_in_header()), "27 connect");
  EXPECT_EQ(met_with(habits::say_and_close("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na: 1\n")),
            "43 connect");
}

TEST_F(TargetClientTest, counts_what_came_of_an_answer_that_was_too_slow) {
  EXPECT_EQ(met_with(habits::say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na: 1\n"),
                     milliseconds(500)),
            "43 timeout");
}

TEST_F(TargetClientTest, counts_what_was_read_of_an_answer_that_is_too_large) {
  EXPECT_EQ(met_with(habits::say("HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n")),
            "42 too_large");
  admin_.on_everything(habits::endless_chunks());
  EXPECT_GT(ask({"/"}).bytes, max_bytes);
}

TEST_F(TargetClientTest, counts_nothing_where_nothing_came) {
  EXPECT_EQ(met_with(habits::never_answer, milliseconds(50)), "0 timeout");
  EXPECT_EQ(met_with(habits::close_unanswered), "0 connect");
  admin_.refuse();
  EXPECT_EQ(met_with(habits::never_answer), "0 connect");
}

TEST_F(TargetClientTest, a_door_that_a_target_does_not_have_cannot_be_asked) {
  Target metrics_only;
  metrics_only.metrics.emplace();
  client_ = TargetClient(io_.get_executor(), metrics_only, "");
  const PollOutcome outcome = ask({"/a"});
  EXPECT_EQ(std::get<Failure>(outcome.result),
            (Failure{Reason::connect, "the target has no such port"}));
}

TEST_F(TargetClientTest, tells_how_a_call_failed) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "Debian's gRPC library is not instrumented";
#endif
  admin_.refuse();
  Target by_calls;
  by_calls.grpc = GrpcServer{admin_.address(), {}, ""};
  client_ = TargetClient(io_.get_executor(), by_calls, "");
  const PollOutcome outcome = ask({"/a.B/C"}, Request::Port::grpc);
  const auto* failure = std::get_if<Failure>(&outcome.result);
  ASSERT_NE(failure, nullptr);
  EXPECT_EQ(failure->reason, Reason::connect);
  EXPECT_EQ(std::get<Failure>(ask({"/a"}).result),
            (Failure{Reason::connect, "the target has no such port"}));
}

}  // namespace
}  // namespace mesh::support::target_client_test
