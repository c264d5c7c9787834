// What may be asked of the running program, and of whom it is believed.
#include "app/lifecycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh::lifecycle_test {
namespace {

using testing::HasSubstr;

struct Asked {
  int reloads = 0, quits = 0;
  std::string wrong;

  std::optional<WebReply> answer(const std::string& method, const std::string& path,
                                 bool enabled = true) {
    WebRequest request;
    request.method = method;
    request.path = path;
    return answer(request, enabled);
  }

  std::optional<WebReply> answer(const WebRequest& request, bool enabled = true) {
    const Lifecycle lifecycle{enabled,
                              [this] {
                                ++reloads;
                                return wrong;
                              },
                              [this](const WebRequest&) { ++quits; }};
    return answer_lifecycle(request, lifecycle);
  }
};

TEST(Lifecycle, reloads_and_ends_when_asked) {
  Asked asked;
  for (const char* method : {"POST", "PUT"}) {
    EXPECT_EQ(asked.answer(method, "/-/reload")->status, 200);
    EXPECT_EQ(asked.answer(method, "/-/quit")->status, 200);
  }
  EXPECT_EQ(asked.reloads, 2);
  EXPECT_EQ(asked.quits, 2);
}

TEST(Lifecycle, tells_what_is_wrong_with_the_configuration) {
  Asked asked;
  asked.wrong = "mesh_exporter.yaml:1:9: no duration\n";
  const auto reply = asked.answer("POST", "/-/reload");
  EXPECT_EQ(reply->status, 500);
  EXPECT_THAT(reply->body, HasSubstr("the old configuration goes on:\nmesh_exporter.yaml:1:9:"));
}

TEST(Lifecycle, does_nothing_where_it_is_not_enabled) {
  Asked asked;
  for (const char* path : {"/-/reload", "/-/quit"}) {
    const auto reply = asked.answer("POST", path, false);
    EXPECT_EQ(reply->status, 403);
    EXPECT_THAT(reply->body, HasSubstr("--web.enable-lifecycle"));
  }
  EXPECT_EQ(asked.reloads + asked.quits, 0);
}

struct Browser {
  std::string host, origin, fetch_site;
};

// What is answered to both paths.
int status_for(Asked& asked, const Browser& browser) {
  WebRequest request;
  request.method = "POST";
  request.host = browser.host;
  request.origin = browser.origin;
  request.fetch_site = browser.fetch_site;
  request.path = "/-/reload";
  const int status = asked.answer(request)->status;
  request.path = "/-/quit";
  EXPECT_EQ(asked.answer(request)->status, status);
  return status;
}

TEST(Lifecycle, refuses_pages_of_other_sites) {
  Asked asked;
  for (const Browser& other :
       {Browser{"agent:10420", "http://evil.example", "cross-site"},
        Browser{"agent:10420", "http://evil.example", ""}, Browser{"agent:10420", "", "cross-site"},
        Browser{"agent:10420", "http://agent:10420", "same-site"},
        Browser{"agent:10420", "http://agent:9090", ""},
        Browser{"agent:10420", "http://agent", "same-origin"},
        Browser{"agent:10420", "http://agent:104200", ""}, Browser{"agent:10420", "null", ""},
        Browser{"", "http://", ""}}) {
    EXPECT_EQ(status_for(asked, other), 403) << other.origin << " " << other.fetch_site;
  }
  EXPECT_EQ(asked.reloads + asked.quits, 0);
}

TEST(Lifecycle, hears_programs_and_pages_of_its_own) {
  Asked asked;
  for (const Browser& own :
       {Browser{"agent:10420", "", ""}, Browser{"agent:10420", "http://agent:10420", "same-origin"},
        Browser{"Agent:10420", "https://agent:10420", ""},
        Browser{"[::1]:10420", "http://[::1]:10420", ""}, Browser{"agent", "https://agent", ""},
        Browser{"agent:10420", "", "none"}}) {
    EXPECT_EQ(status_for(asked, own), 200) << own.origin << " " << own.fetch_site;
  }
  EXPECT_EQ(asked.reloads, 6);
  EXPECT_EQ(asked.quits, 6);
}

TEST(Lifecycle, does_nothing_for_who_only_looks) {
  Asked asked;
  for (const char* method : {"GET", "HEAD", "OPTIONS", "DELETE", "BREW"}) {
    const auto reply = asked.answer(method, "/-/quit");
    EXPECT_EQ(reply->status, 405);
    EXPECT_EQ(reply->allow, "POST, PUT");
  }
  EXPECT_EQ(asked.quits, 0);
}

TEST(Lifecycle, leaves_what_is_read_to_others_and_refuses_to_change_it) {
  Asked asked;
  EXPECT_FALSE(asked.answer("GET", "/metrics"));
  EXPECT_FALSE(asked.answer("HEAD", "/metrics"));
  for (const char* method : {"POST", "PUT", "OPTIONS", "DELETE", "PATCH", "BREW", "get"}) {
    EXPECT_EQ(asked.answer(method, "/metrics")->status, 405) << method;
    EXPECT_EQ(asked.answer(method, "/metrics")->allow, "GET, HEAD") << method;
  }
}

}  // namespace
}  // namespace mesh::lifecycle_test
