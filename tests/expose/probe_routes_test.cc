// The page of one probe, as a scraper asks for it: whom, how many at once, and for how long.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "expose/ask_routes.h"
#include "expose/routes.h"
#include "expose/sample_page.h"

namespace mesh::probe_routes_test {
namespace {

using sample::ask;
using sample::two_sidecars_now;
using testing::HasSubstr;
using Gone = std::function<bool()>;

// A probe that takes a while: others begin meanwhile.
boost::asio::awaitable<ProbedNow> up_after_a_while() {
  const auto executor = co_await boost::asio::this_coro::executor;
  co_await boost::asio::post(executor, boost::asio::use_awaitable);
  auto state = std::make_shared<GrpcHealthState>();
  state->look.status = HealthStatus::serving;
  ProbedNow now;
  now.states.push_back(std::move(state));
  co_return now;
}

std::optional<boost::asio::awaitable<ProbedNow>> only_users(const std::string& name, Instant,
                                                            const Gone&) {
  if (name != "users") return std::nullopt;
  return up_after_a_while();
}

WebRequest probe(std::string query) { return {"GET", "/probe", std::move(query), "", "", ""}; }

TEST(Routes, makes_a_probe_of_who_is_probed_and_of_nobody_else) {
  Routes routes(sample::options(), two_sidecars_now, only_users);
  const WebReply reply = ask(routes, probe("target=users&module=grpc_health"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr("probe_success 1\n"));
  EXPECT_EQ(ask(routes, probe("target=127.0.0.1:22")).status, 403);
  EXPECT_EQ(ask(routes, probe("target=users&module=http_2xx")).status, 400);
  EXPECT_EQ(ask(routes, probe("module=grpc_health")).status, 400);
  Routes without(sample::options(), two_sidecars_now);
  EXPECT_EQ(ask(without, probe("target=users")).status, 403);
}

TEST(Routes, probes_so_many_servers_at_once_and_no_more) {
  Routes routes(sample::options(), two_sidecars_now, [](const std::string&, Instant, const Gone&) {
    return std::optional(up_after_a_while());
  });
  // Those who ask for one server are not counted, however many they are.
  std::vector<WebRequest> many(3 * limits::grpc_probes_now, probe("target=users"));
  for (std::size_t i = 0; i < limits::grpc_probes_now + 1; ++i) {
    many.push_back(probe("target=server-" + std::to_string(i)));
  }
  for (int round = 0; round < 2; ++round) {  // whoever has been answered is no longer counted
    const auto replies = ask(routes, many);
    EXPECT_EQ(std::ranges::count(replies, 503, &WebReply::status), 2);
    EXPECT_EQ(std::ranges::count(replies, 200, &WebReply::status),
              static_cast<std::ptrdiff_t>(many.size()) - 2);
  }
}

boost::asio::awaitable<ProbedNow> no_time_left() {
  ProbedNow now;
  now.not_asked = 2;
  co_return now;
}

TEST(Routes, give_a_probe_half_a_second_less_than_the_scraper_waits) {
  std::vector<Instant> told;
  Routes routes(sample::options(), two_sidecars_now,
                [&](const std::string&, Instant latest, const Gone&) {
                  told.push_back(latest);
                  return std::optional(up_after_a_while());
                });
  WebRequest request = probe("target=users");
  EXPECT_EQ(ask(routes, request).status, 200);
  request.scrape_timeout = "7";
  const Instant before = std::chrono::steady_clock::now();
  EXPECT_EQ(ask(routes, request).status, 200);
  const Instant after = std::chrono::steady_clock::now();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0], Instant::max());
  EXPECT_GE(told[1], before + std::chrono::milliseconds(6500));
  EXPECT_LE(told[1], after + std::chrono::milliseconds(6500));
  request.scrape_timeout = "soon";
  const WebReply refused = ask(routes, request);
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("\"soon\" is no number of seconds"));
}

TEST(Routes, say_that_a_probe_did_not_get_its_turn) {
  Routes routes(sample::options(), two_sidecars_now, [](const std::string&, Instant, const Gone&) {
    return std::optional(no_time_left());
  });
  const WebReply reply = ask(routes, probe("target=users"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("before \"users\" could be asked"));
}

TEST(Routes, take_who_shuts_his_side_behind_the_question_for_one_who_waits) {
  Presence now = Presence::here;
  std::vector<bool> left;
  Routes routes(sample::options(), two_sidecars_now,
                [&](const std::string&, Instant, const Gone& gone) {
                  left.push_back(gone());
                  for (const Presence later : {Presence::shut, Presence::gone}) {
                    now = later;
                    left.push_back(gone());
                  }
                  return std::optional(up_after_a_while());
                });
  WebRequest request = probe("target=users");
  request.presence = [&now] { return now; };
  EXPECT_EQ(ask(routes, request).status, 200);
  EXPECT_EQ(left, (std::vector<bool>{false, true, true}));
  left.clear();
  now = Presence::shut;
  EXPECT_EQ(ask(routes, request).status, 200);
  EXPECT_EQ(left, (std::vector<bool>{false, false, true}));
}

boost::asio::awaitable<ProbedNow> broken_off() {
  ProbedNow now = co_await up_after_a_while();
  now.not_asked = 1;
  now.broken_off = true;
  co_return now;
}

TEST(Routes, say_that_a_probe_was_broken_off_and_not_that_it_failed) {
  Routes routes(sample::options(), two_sidecars_now, [](const std::string&, Instant, const Gone&) {
    return std::optional(broken_off());
  });
  const WebReply reply = ask(routes, probe("target=users"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body, "the exporter is shutting down\n");
}

boost::asio::awaitable<ProbedNow> without_a_file() {
  auto state = std::make_shared<GrpcHealthState>();
  state->look = {HealthStatus::not_asked, "cannot use /etc/ca.pem: it is empty", {}};
  ProbedNow now;
  now.states.push_back(std::move(state));
  co_return now;
}

TEST(Routes, say_that_a_probe_cannot_be_made_and_not_that_it_failed) {
  Routes routes(sample::options(), two_sidecars_now, [](const std::string&, Instant, const Gone&) {
    return std::optional(without_a_file());
  });
  const WebReply reply = ask(routes, probe("target=users"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body,
            "the exporter cannot ask \"users\": it cannot use /etc/ca.pem: it is empty\n");
}

}  // namespace
}  // namespace mesh::probe_routes_test
