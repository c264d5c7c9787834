// gRPC status codes by number and by name.
#include "wire/grpc_code.h"

#include <gtest/gtest.h>

namespace mesh::grpc_code_test {
namespace {

TEST(GrpcCode, names_the_first) { EXPECT_EQ(grpc_code_name("0"), "OK"); }
TEST(GrpcCode, names_one_of_the_middle) { EXPECT_EQ(grpc_code_name("14"), "UNAVAILABLE"); }
TEST(GrpcCode, names_the_last) { EXPECT_EQ(grpc_code_name("16"), "UNAUTHENTICATED"); }
TEST(GrpcCode, calls_a_number_beyond_the_canon_other) { EXPECT_EQ(grpc_code_name("17"), "other"); }
TEST(GrpcCode, calls_a_number_beyond_64_bits_other) {
  EXPECT_EQ(grpc_code_name("99999999999999999999999"), "other");
}
TEST(GrpcCode, keeps_the_word_other) { EXPECT_EQ(grpc_code_name("other"), "other"); }
TEST(GrpcCode, reads_leading_zeros) { EXPECT_EQ(grpc_code_name("05"), "NOT_FOUND"); }
TEST(GrpcCode, is_not_another_word) { EXPECT_EQ(grpc_code_name("success"), std::nullopt); }
TEST(GrpcCode, is_not_a_negative_number) { EXPECT_EQ(grpc_code_name("-1"), std::nullopt); }
TEST(GrpcCode, is_not_nothing) { EXPECT_EQ(grpc_code_name(""), std::nullopt); }
TEST(GrpcCode, is_not_a_name_already) { EXPECT_EQ(grpc_code_name("OK"), std::nullopt); }

TEST(GrpcCode, is_known_in_every_spelling) {
  for (const char* spelling : {"5", "NOT_FOUND", "NotFound", "not_found"}) {
    EXPECT_EQ(grpc_code_spelled(spelling), "NOT_FOUND") << spelling;
  }
  for (const char* spelling : {"1", "CANCELLED", "Canceled", "CANCELED"}) {
    EXPECT_EQ(grpc_code_spelled(spelling), "CANCELLED") << spelling;
  }
  EXPECT_EQ(grpc_code_spelled("OK"), "OK");
  EXPECT_EQ(grpc_code_spelled("InvalidArgument"), "INVALID_ARGUMENT");
}

TEST(GrpcCode, is_spelled_whole) {
  for (const char* other : {"", "_", "NOT", "NOT_FOUNDS", "not-found", "error"}) {
    EXPECT_EQ(grpc_code_spelled(other), std::nullopt) << other;
  }
  EXPECT_EQ(grpc_code_spelled("17"), "other");
}

}  // namespace
}  // namespace mesh::grpc_code_test
