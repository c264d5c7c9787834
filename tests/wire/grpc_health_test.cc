// The messages of a health check, byte by byte.
#include "wire/grpc_health.h"

#include <gtest/gtest.h>

#include <string>

namespace mesh::grpc_health_test {
namespace {

TEST(GrpcHealth, asks_for_a_service) {
  EXPECT_EQ(health_check_request(""), "");
  EXPECT_EQ(health_check_request("a.B"),
            "\x0A\x03"
            "a.B");
}

TEST(GrpcHealth, reads_each_status) {
  EXPECT_EQ(parse_health_check_response("\x08\x01"), HealthStatus::serving);
  EXPECT_EQ(parse_health_check_response("\x08\x02"), HealthStatus::not_serving);
  EXPECT_EQ(parse_health_check_response("\x08\x03"), HealthStatus::service_unknown);
  EXPECT_EQ(parse_health_check_response(""), HealthStatus::unknown);
  EXPECT_EQ(parse_health_check_response("\x08\x7F"), HealthStatus::unknown);
}

TEST(GrpcHealth, takes_no_other_bytes_for_an_answer) {
  EXPECT_EQ(parse_health_check_response("hello"), std::nullopt);
  EXPECT_EQ(parse_health_check_response("\x08"), std::nullopt);
}

}  // namespace
}  // namespace mesh::grpc_health_test
