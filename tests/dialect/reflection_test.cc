// Asking for methods: from one version to the other, service by service, whatever some of them say.
#include "dialect/reflection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "support/reflection_bytes.h"

namespace mesh::reflection_test {
namespace {

using testing::SizeIs;

class ReflectionTest : public testing::Test {
 protected:
  // One poll; gives the number of questions.
  int poll() {
    reflection_.begin(now_);
    now_ += std::chrono::seconds(15);
    int asked = 0;
    for (auto question = reflection_.question(); question; question = reflection_.question()) {
      ++asked;
      Response response;
      response.grpc_code = "OK";
      const bool is_old = question->path.find("v1alpha") != std::string::npos;
      if (!is_old && only_old_) response.grpc_code = "UNIMPLEMENTED";
      response.body =
          question->message.starts_with("\x3a") ? list_of(services_) : of_service(*question);
      reflection_.hear(response);
    }
    readings_ = {};
    reflection_.tell(readings_);
    return asked;
  }

  std::string of_service(const Request& question) const {
    const std::string name = question.message.substr(question.message.rfind('.') + 1);
    if (name == "Damaged") return field(4, field(1, "\xff"));
    if (name == "Refused") return field(7, field(1, 5));
    return declaration(name);
  }

  Reflection reflection_{std::chrono::minutes(10)};
  std::vector<std::string> services_{"pkg.B", "pkg.A"};
  bool only_old_ = false;
  Readings readings_;
  Instant now_{};
};

TEST_F(ReflectionTest, asks_for_the_list_and_each_service) {
  EXPECT_EQ(poll(), 3);
  ASSERT_TRUE(readings_.declared);
  ASSERT_THAT(readings_.declared->methods, SizeIs(2));
  EXPECT_EQ(readings_.declared->methods[0], (DeclaredMethod{"pkg.A", "Get", false, false}));
  EXPECT_EQ(poll(), 0);
}

TEST_F(ReflectionTest, falls_back_to_the_older_form) {
  only_old_ = true;
  EXPECT_EQ(poll(), 4);
  EXPECT_TRUE(readings_.declared);
}

TEST_F(ReflectionTest, leaves_out_services_of_grpc_itself_and_what_is_listed_twice) {
  services_ = {
      "pkg.A", "grpc.health.v1.Health",     "grpc.reflection.v1.ServerReflection",
      "pkg.A", "grpc.channelz.v1.Channelz", "envoy.service.status.v3.ClientStatusDiscoveryService"};
  EXPECT_EQ(poll(), 2);
  EXPECT_THAT(readings_.declared->methods, SizeIs(1));
}

TEST_F(ReflectionTest, goes_on_with_the_others_where_one_is_passed_over) {
  reflection_.begin(now_);
  EXPECT_EQ(reflection_.asked_for(), "");
  Response list;
  list.grpc_code = "OK";
  list.body = list_of({"pkg.A", "pkg.B"});
  reflection_.hear(list);
  EXPECT_EQ(reflection_.asked_for(), "pkg.A");
  reflection_.pass_over();
  EXPECT_EQ(reflection_.asked_for(), "pkg.B");
  EXPECT_TRUE(reflection_.question());
  reflection_.pass_over();
  EXPECT_FALSE(reflection_.question()) << "nobody is left";
  reflection_.tell(readings_);
  ASSERT_TRUE(readings_.declared);
  EXPECT_THAT(readings_.declared->methods, SizeIs(0));
}

TEST_F(ReflectionTest, loses_only_the_service_that_cannot_be_told) {
  services_ = {"pkg.A", "pkg.Damaged", "pkg.Refused", "pkg.B"};
  EXPECT_EQ(poll(), 5);
  ASSERT_TRUE(readings_.declared);
  EXPECT_THAT(readings_.declared->methods, SizeIs(2));
  EXPECT_EQ(readings_.declared->untold, 2u);
  EXPECT_TRUE(readings_.partial.empty());
}

TEST_F(ReflectionTest, spreads_many_services_over_polls_and_counts_those_beyond_the_bound) {
  services_.clear();
  for (std::size_t i = 0; i < 100'000; ++i) services_.push_back("pkg.S" + std::to_string(i));
  const auto most = static_cast<int>(limits::reflected_services_per_poll);
  std::size_t asked = 0;
  int polls = 0;
  do {
    const int now = poll();
    EXPECT_LE(now, most);
    asked += static_cast<std::size_t>(now);
  } while (!readings_.declared && ++polls < 100);
  EXPECT_EQ(asked, limits::reflected_services + 1);
  ASSERT_TRUE(readings_.declared);
  EXPECT_THAT(readings_.declared->methods, SizeIs(limits::reflected_services));
  EXPECT_EQ(readings_.declared->left_out, 100'000 - limits::reflected_services);
}

TEST_F(ReflectionTest, says_so_where_the_list_cannot_be_read_and_asks_again) {
  services_ = {"pkg.A"};
  reflection_.begin(now_);
  Response odd;
  odd.grpc_code = "OK";
  odd.body = "\xff";
  reflection_.hear(odd);
  EXPECT_FALSE(reflection_.question());
  reflection_.tell(readings_);
  ASSERT_THAT(readings_.partial, SizeIs(1));
  EXPECT_EQ(readings_.partial[0],
            (Failure{Reason::parse, "reflection: the answer is none of reflection"}));
  EXPECT_EQ(poll(), 2);
}

}  // namespace
}  // namespace mesh::reflection_test
