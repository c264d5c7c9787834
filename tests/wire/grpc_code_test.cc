// gRPC status codes by number.
#include "wire/grpc_code.h"

#include <gtest/gtest.h>

namespace mesh {
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

}  // namespace
}  // namespace mesh
