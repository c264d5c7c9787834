// Routes to the pages for browsers, to what they load, and to the answers of the API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "expose/answers.h"
#include "expose/ask_routes.h"
#include "expose/reports.h"
#include "expose/status/assets.h"
#include "expose/status/pages.h"

namespace mesh::routes_pages_test {
namespace {

using sample::ask;
using sample::get;
using sample::two_sidecars_now;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string chromium = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

TEST(Routes, serve_pages_to_browsers_as_html_with_a_policy_and_to_others_as_text) {
  Routes routes(sample::options(), two_sidecars_now);
  for (const char* path : {"/diagnosis", "/certificates", "/endpoints", "/upstreams", "/methods",
                           "/targets", "/probes", "/config"}) {
    const WebReply page = ask(routes, get(path, chromium));
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8") << path;
    EXPECT_EQ(page.vary, "Accept, Accept-Encoding");
    EXPECT_EQ(page.headers.at(0).name, "Content-Security-Policy");
    EXPECT_THAT(page.headers.at(0).value, Not(HasSubstr("unsafe")));
    for (const char* other : {"", "*/*", "text/plain, */*;q=0.1", "text/html;q=0.5, text/plain"}) {
      const WebReply text = ask(routes, get(path, other));
      EXPECT_EQ(text.content_type, "text/plain; charset=utf-8") << path << " " << other;
      EXPECT_EQ(text.vary, "Accept, Accept-Encoding");
    }
  }
  EXPECT_EQ(ask(routes, get("/api/v1/methods", chromium)).content_type, "application/json");
}

TEST(Routes, narrow_a_page_and_refuse_what_is_no_filter) {
  Routes routes(sample::options(), two_sidecars_now);
  WebRequest request = get("/targets", chromium);
  request.query = "namespace=elsewhere&pod=";
  EXPECT_THAT(ask(routes, request).body, HasSubstr("0 targets, 0 answered"));
  request.query = "colour=blue";
  EXPECT_EQ(ask(routes, request).status, 400);
  request = get("/certificates", chromium);
  request.query = "sort=remaining&namespace=shop";
  EXPECT_EQ(ask(routes, request).status, 200);
}

TEST(Routes, serve_what_the_pages_load_for_good) {
  Routes routes(sample::options(), two_sidecars_now);
  for (const Asset& asset : assets()) {
    const WebReply reply = ask(routes, get(std::string(asset.path)));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.content_type, asset.content_type);
    EXPECT_EQ(reply.body, asset.body);
    EXPECT_THAT(reply.headers.at(0).value, HasSubstr("immutable"));
  }
  EXPECT_EQ(ask(routes, get("/-/status-0.css")).status, 404);
}

TEST(Routes, serve_the_configuration_and_the_status) {
  PageOptions options = sample::options();
  options.in_force = std::make_shared<const Config>();
  Routes routes(options, two_sidecars_now);
  EXPECT_THAT(ask(routes, get("/config")).body, StartsWith("poll:\n  interval: 15s\n"));
  EXPECT_THAT(ask(routes, get("/api/v1/config")).body,
              StartsWith("{\"poll\":{\"interval\":\"15s\""));
  const WebReply status = ask(routes, get("/api/v1/status", chromium));
  EXPECT_EQ(status.content_type, "application/json");
  EXPECT_THAT(status.body, HasSubstr("\"targets\":{\"all\":2,\"up\":1}"));
  EXPECT_EQ(ask(routes, get("/status")).status, 404);
}

// Two lists, the pages and what answers at their addresses, name the same.
TEST(TakenPaths, are_those_where_something_answers) {
  for (const StatusPage& page : status_pages()) {
    EXPECT_TRUE(is_page_path(page.path)) << page.path;
    EXPECT_EQ(is_taken_path(page.path), page.path != "/") << page.path;
  }
  for (const Report& report : reports()) EXPECT_TRUE(is_taken_path("/" + std::string(report.name)));
  for (const char* path : {"/-/healthy", "/-/anything", "/probe", "/api/v1/status",
                           "/api/v1/diagnosis", "/api/v1/methods"}) {
    EXPECT_TRUE(is_taken_path(path)) << path;
  }
  for (const char* path : {"/metrics", "methods", "/status", "/methods/", "/api/v1/metrics"}) {
    EXPECT_FALSE(is_taken_path(path)) << path;
  }
}

}  // namespace
}  // namespace mesh::routes_pages_test
