// Routes: a request in, a reply out, with the rendering thread between them.
#include "expose/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/limits.h"
#include "expose/ask_routes.h"

namespace mesh::routes_test {
namespace {

using sample::ask;
using sample::get;
using sample::two_sidecars_now;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Routes, serves_prometheus_text_at_the_telemetry_path) {
  Routes routes(sample::options(), two_sidecars_now);
  const WebReply reply = ask(routes, get("/metrics"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(reply.content_encoding, "");
  EXPECT_THAT(reply.body, StartsWith("# HELP mesh_grpc_requests_total "));
}

TEST(Routes, serves_openmetrics_to_who_asks_for_it) {
  Routes routes(sample::options(), two_sidecars_now);
  const WebReply reply = ask(routes, get("/metrics", "application/openmetrics-text;version=1.0.0"));
  EXPECT_EQ(reply.content_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_TRUE(reply.body.ends_with("\n# EOF\n"));
}

TEST(Routes, compresses_for_who_accepts_it) {
  Routes routes(sample::options(), two_sidecars_now);
  const WebReply reply = ask(routes, get("/metrics", "", "gzip"));
  EXPECT_EQ(reply.content_encoding, "gzip");
  EXPECT_THAT(reply.body, StartsWith("\x1F\x8B"));
}

TEST(Routes, tells_caches_what_the_metrics_depend_on) {
  Routes routes(sample::options(), two_sidecars_now);
  const char* openmetrics = "application/openmetrics-text;version=1.0.0";
  EXPECT_EQ(ask(routes, get("/metrics")).vary, "Accept, Accept-Encoding");
  EXPECT_EQ(ask(routes, get("/metrics", openmetrics, "gzip")).vary, "Accept, Accept-Encoding");
  EXPECT_EQ(ask(routes, get("/metrics", "image/png", "br")).vary, "Accept, Accept-Encoding");
}

TEST(Routes, tells_caches_what_the_page_for_people_depends_on) {
  Routes routes(sample::options(), two_sidecars_now);
  EXPECT_EQ(ask(routes, get("/")).vary, "Accept-Encoding");
  EXPECT_EQ(ask(routes, get("/-/healthy")).vary, "");
}

TEST(Routes, says_the_same_of_a_page_to_who_wants_its_head_only) {
  Routes routes(sample::options(), two_sidecars_now);
  WebRequest head = get("/metrics", "", "gzip");
  head.method = "HEAD";
  const WebReply reply = ask(routes, std::move(head));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.vary, "Accept, Accept-Encoding");
  EXPECT_EQ(reply.content_encoding, "gzip");
}

TEST(Routes, has_the_numbers_of_its_own_process) {
  Routes routes(sample::options(), two_sidecars_now);
  EXPECT_THAT(ask(routes, get("/metrics")).body, HasSubstr("\nprocess_resident_memory_bytes "));
}

TEST(Routes, serves_a_page_for_people_at_the_root) {
  Routes routes(sample::options(), two_sidecars_now);
  const WebReply reply = ask(routes, get("/"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(reply.body, StartsWith("<!DOCTYPE html>"));
}

TEST(Routes, obeys_another_telemetry_path) {
  PageOptions options = sample::options();
  options.telemetry_path = "/mesh";
  Routes routes(options, two_sidecars_now);
  EXPECT_EQ(ask(routes, get("/mesh")).status, 200);
  EXPECT_EQ(ask(routes, get("/metrics")).status, 404);
}

TEST(Routes, serves_metrics_at_the_root_if_told_so) {
  PageOptions options = sample::options();
  options.telemetry_path = "/";
  Routes routes(options, two_sidecars_now);
  EXPECT_THAT(ask(routes, get("/")).body, StartsWith("# HELP "));
}

TEST(Routes, is_healthy_before_there_is_a_snapshot) {
  Routes routes(sample::options(), [] { return nullptr; });
  const WebReply reply = ask(routes, get("/-/healthy"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "healthy\n");
}

TEST(Routes, is_not_ready_before_there_is_a_snapshot) {
  Routes routes(sample::options(), [] { return nullptr; });
  const WebReply reply = ask(routes, get("/-/ready"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, StartsWith("not ready: "));
}

TEST(Routes, serves_its_own_metrics_before_there_is_a_snapshot) {
  Routes routes(sample::options(), [] { return nullptr; });
  EXPECT_THAT(ask(routes, get("/metrics")).body, HasSubstr("\nmesh_exporter_targets 0\n"));
}

TEST(Routes, is_ready_after_a_pass) {
  Routes routes(sample::options(), two_sidecars_now);
  const WebReply reply = ask(routes, get("/-/ready"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "ready: 1 of 2 targets answered\n");
}

TEST(Routes, serves_the_certificates_as_a_table_in_the_order_asked_for) {
  Routes routes(sample::options(), two_sidecars_now);
  WebRequest request = get("/certificates");
  request.query = "all=true&sort=remaining";
  const WebReply reply = ask(routes, std::move(request));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "text/plain; charset=utf-8");
  EXPECT_THAT(reply.body, HasSubstr("CERTIFICATE\n   -"));  // the expired one first
  EXPECT_THAT(reply.body, HasSubstr(" draining "));
  EXPECT_THAT(ask(routes, get("/certificates")).body, Not(HasSubstr(" draining ")));
}

TEST(Routes, serves_the_certificates_as_json) {
  Routes routes(sample::options(), two_sidecars_now);
  const WebReply reply = ask(routes, get("/api/v1/certificates"));
  EXPECT_EQ(reply.content_type, "application/json");
  EXPECT_THAT(reply.body, StartsWith(R"([{"certificate":"spiffe://)"));
}

TEST(Routes, tells_beside_the_certificates_what_is_not_in_the_list) {
  Routes routes(sample::options(), two_sidecars_now);
  WebRequest request = get("/api/v1/certificates");
  request.query = "summary=true&pod=frontend-0";
  const WebReply reply = ask(routes, std::move(request));
  EXPECT_EQ(reply.content_type, "application/json");
  EXPECT_THAT(reply.body, StartsWith(R"({"at":"20)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("cut_off":{"sidecars":1,)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("certificates":[{"certificate":"spiffe://)"));
}

TEST(Routes, says_which_parameters_there_are) {
  Routes routes(sample::options(), two_sidecars_now);
  const auto refused = [&](const std::string& path, const std::string& query) {
    WebRequest request = get(path);
    request.query = query;
    const WebReply reply = ask(routes, std::move(request));
    EXPECT_EQ(reply.status, 400) << query;
    return reply.body;
  };
  for (const char* wrong : {"sort=size", "sort", "all", "x=y", "upstream=a", ""}) {
    EXPECT_EQ(refused("/certificates", std::string("sort=where&pod=a&") + wrong + "&all=true"),
              std::string("unknown parameter \"") + wrong +
                  "\"; expected namespace= or pod=, all=true, or sort= with where, remaining, "
                  "identity or status\n");
  }
  EXPECT_EQ(refused("/targets", "upstream=users"),
            "unknown parameter \"upstream=users\"; expected namespace= or pod=\n");
  // Text has no other form.
  EXPECT_THAT(refused("/certificates", "summary=true"), HasSubstr("unknown parameter \"summary"));
  EXPECT_THAT(refused("/api/v1/certificates", "summary=yes"), HasSubstr("expected namespace= or "
                                                                        "pod=, summary=true, all"));
  for (const char* path : {"/config", "/api/v1/config", "/api/v1/status"}) {
    EXPECT_EQ(refused(path, "pod=a&x"), "unknown parameter \"pod=a\"; expected none\n");
  }
}

TEST(Routes, narrow_the_certificates_to_a_namespace_and_a_pod) {
  Routes routes(sample::options(), two_sidecars_now);
  const auto shown = [&](const std::string& query, const std::string& path = "/certificates") {
    WebRequest request = get(path);
    request.query = query;
    return ask(routes, std::move(request)).body;
  };
  EXPECT_THAT(shown("pod=frontend-0"), HasSubstr("shop/frontend-0 "));
  EXPECT_THAT(shown("pod=frontend-0"), Not(HasSubstr("shop/gateway")));
  EXPECT_THAT(shown("namespace=sho%70&sort=remaining"), HasSubstr("shop/gateway"));
  EXPECT_EQ(shown("namespace=elsewhere", "/api/v1/certificates"), "[]\n");
}

TEST(Routes, says_where_else_to_go) {
  Routes routes(sample::options(), two_sidecars_now);
  const WebReply reply = ask(routes, get("/favicon.ico"));
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(
      reply.body,
      "nothing here; there is /metrics, /, /certificates, /diagnosis, /methods, /endpoints, "
      "/upstreams, /targets, /probes, /config, all of these below /api/v1 as JSON, /api/v1/status, "
      "/probe, /-/healthy and /-/ready\n");
}

TEST(Routes, serve_reports_as_text_and_as_json) {
  Routes routes(sample::options(), two_sidecars_now);
  WebRequest narrowed = get("/endpoints");
  narrowed.query = "upstream=users.shop";
  EXPECT_THAT(ask(routes, narrowed).body, HasSubstr("10.0.0.7:50051"));
  const WebReply json = ask(routes, get("/api/v1/endpoints"));
  EXPECT_EQ(json.content_type, "application/json");
  EXPECT_THAT(json.body, StartsWith("[{\"pod\":"));
  EXPECT_THAT(ask(routes, get("/api/v1/diagnosis")).body, HasSubstr("\"findings\":["));
  EXPECT_THAT(ask(routes, get("/diagnosis")).body, HasSubstr("certificate_expired"));
  narrowed.query = "colour=blue";
  EXPECT_EQ(ask(routes, narrowed).status, 400);
}

TEST(Routes, answers_many_at_once) {
  Routes routes(sample::options(), two_sidecars_now);
  std::vector<WebRequest> requests;
  for (int i = 0; i < 200; ++i) requests.push_back(get("/metrics", "", "gzip"));
  for (const WebReply& reply : ask(routes, std::move(requests))) {
    EXPECT_EQ(reply.status, 200);
    EXPECT_FALSE(reply.body.empty());
  }
}

TEST(Routes, takes_the_snapshot_on_the_thread_that_asks) {
  std::thread::id taken;
  Routes routes(sample::options(), [&taken] {
    taken = std::this_thread::get_id();
    return two_sidecars_now();
  });
  ask(routes, get("/metrics"));
  EXPECT_EQ(taken, std::this_thread::get_id());
}

}  // namespace
}  // namespace mesh::routes_test
