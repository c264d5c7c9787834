// The URLs of the configuration.
#include "config/url.h"

#include <gtest/gtest.h>

#include <string>

namespace mesh::url_test {
namespace {

std::string admin_error(std::string_view url) {
  auto address = parse_admin_url(url);
  return address ? "no error" : address.error().message;
}

std::string metrics_error(std::string_view url) {
  auto endpoint = parse_metrics_url(url);
  return endpoint ? "no error" : endpoint.error().message;
}

TEST(AdminUrl, is_http_with_host_and_port) {
  EXPECT_EQ(*parse_admin_url("http://127.0.0.1:9901"), (Address{"127.0.0.1", 9901, ""}));
  EXPECT_EQ(*parse_admin_url("http://users-0.shop:9901/"), (Address{"users-0.shop", 9901, ""}));
  EXPECT_EQ(*parse_admin_url("http://[::1]:9901"), (Address{"::1", 9901, ""}));
}

TEST(AdminUrl, is_a_unix_socket) {
  EXPECT_EQ(*parse_admin_url("unix:/run/a b.sock"), (Address{"", 0, "/run/a b.sock"}));
  EXPECT_EQ(*parse_admin_url("unix:///run/a b.sock"), (Address{"", 0, "/run/a b.sock"}));
  EXPECT_EQ(admin_error("unix:////run/a.sock"), "has no absolute path");
}

TEST(AdminUrl, needs_a_known_scheme) {
  EXPECT_EQ(admin_error(""), "does not begin with http://");
  EXPECT_EQ(admin_error("localhost:9901"), "does not begin with http://");
  EXPECT_EQ(admin_error("HTTP://h:1"), "does not begin with http://");
  EXPECT_EQ(admin_error("https://h:1"), "asks for TLS, which is not spoken here");
}

TEST(AdminUrl, needs_host_and_port) {
  EXPECT_EQ(admin_error("http://h"), "has no port");
  EXPECT_EQ(admin_error("http://h:"), "has no port");
  EXPECT_EQ(admin_error("http://:9901"), "has no host");
  EXPECT_EQ(admin_error("http://"), "has no port");
  EXPECT_EQ(admin_error("http://::1:9901"), "has an IPv6 address without brackets");
}

TEST(AdminUrl, needs_a_port_that_can_be_dialled) {
  for (const char* url : {"http://h:0", "http://h:65536", "http://h:99999", "http://h:99o1"}) {
    EXPECT_EQ(admin_error(url), "has a port that is not a number from 1 to 65535") << url;
  }
  EXPECT_EQ(parse_admin_url("http://h:1")->port, 1);
  EXPECT_EQ(parse_admin_url("http://h:65535")->port, 65535);
}

TEST(AdminUrl, has_nothing_that_would_be_ignored) {
  const std::string path = "has a path or query, which the admin port's URL cannot have";
  EXPECT_EQ(admin_error("http://h:1/stats"), path);
  EXPECT_EQ(admin_error("http://h:1?x"), path);
  EXPECT_EQ(admin_error("http://h:1/#x"), "has a fragment (#)");
  EXPECT_EQ(admin_error("http://u:p@h:1"), "has a user name (@)");
}

TEST(AdminUrl, has_a_socket_path_that_can_exist) {
  EXPECT_EQ(admin_error("unix:a.sock"), "has no absolute path");
  EXPECT_EQ(admin_error("unix:"), "has no absolute path");
  EXPECT_EQ(admin_error("unix://run/a.sock"), "has no absolute path");
  EXPECT_EQ(admin_error("unix:/run/"), "names a directory");
  EXPECT_EQ(admin_error(std::string("unix:/a\0b", 9)), "has a zero byte");
  std::string long_path = "unix:/";
  long_path.append(106, 'x');
  EXPECT_EQ(admin_error(long_path), "no error");
  long_path += 'x';
  EXPECT_EQ(admin_error(long_path), "has a path longer than a socket may have (107 bytes)");
}

TEST(MetricsUrl, is_http_with_a_path) {
  EXPECT_EQ(*parse_metrics_url("http://h:15090/stats/prometheus?usedonly"),
            (HttpEndpoint{{"h", 15090, ""}, "/stats/prometheus?usedonly"}));
  EXPECT_EQ(*parse_metrics_url("http://[fe80::1]:1/a@b"),
            (HttpEndpoint{{"fe80::1", 1, ""}, "/a@b"}));
}

TEST(MetricsUrl, needs_a_path) {
  EXPECT_EQ(metrics_error("http://h:1"), "has no path");
  EXPECT_EQ(metrics_error("http://h:1?usedonly"), "has no path");
}

TEST(MetricsUrl, has_a_path_that_can_be_sent) {
  const std::string encode = "has a path with characters that must be percent-encoded";
  EXPECT_EQ(metrics_error("http://h:1/a b"), encode);
  EXPECT_EQ(metrics_error("http://h:1/a\r\nX: y"), encode);
  EXPECT_EQ(metrics_error("http://h:1/\xc3\xa9"), encode);
  std::string long_path = "http://h:1/";
  long_path.append(8192, 'x');
  EXPECT_EQ(metrics_error(long_path), "has a path that is too long");
}

TEST(MetricsUrl, is_no_unix_socket) {
  EXPECT_EQ(metrics_error("unix:/a"), "does not begin with http://");
}

}  // namespace
}  // namespace mesh::url_test
