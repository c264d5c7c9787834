// Base64 both ways, by the vectors of RFC 4648.
#include "base/base64.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace mesh::base64_test {
namespace {

TEST(Base64, is_that_of_the_rfc_in_both_directions) {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"},
                                                         {"\xff\xfe\xfd", "//79"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64(bytes), text);
    Base64Decoder decoder;
    std::string decoded;
    EXPECT_TRUE(decoder.feed(text, decoded) && decoder.complete()) << text;
    EXPECT_EQ(decoded, bytes);
  }
}

TEST(Base64, ends_at_what_does_not_belong_there) {
  for (const char* text : {"Zg=", "Zg", "Zg==Zg==", "Z g=", "Zm9v\n"}) {
    Base64Decoder decoder;
    std::string decoded;
    EXPECT_FALSE(decoder.feed(text, decoded) && decoder.complete()) << text;
  }
}

}  // namespace
}  // namespace mesh::base64_test
