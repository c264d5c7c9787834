// Who is believed where two accounts tell of the same calls.
#include "dialect/istio_accounts.h"

#include <gtest/gtest.h>

#include <string>

namespace mesh::istio_accounts_test {
namespace {

SeriesKey outbound(Counted counted, const std::string& upstream, const std::string& method = "") {
  return {counted, Direction::outbound, upstream, "", method.empty() ? "" : "a.B", method, "OK"};
}

SeriesKey inbound(Counted counted) { return {counted, Direction::inbound, "", "", "", "", "OK"}; }

class IstioAccountsTest : public testing::Test {
 protected:
  bool is_counted(Account account, const SeriesKey& key) const {
    return accounts_.judged(account, key).counted != Counted::followed;
  }
  std::string upstream(const SeriesKey& istios) const {
    return accounts_.judged(Account::istio, istios).upstream.str();
  }
  void expect_only(Account believed, const SeriesKey& envoys, const SeriesKey& istios) const {
    EXPECT_EQ(is_counted(Account::envoy, envoys), believed == Account::envoy);
    EXPECT_EQ(is_counted(Account::istio, istios), believed == Account::istio);
  }

  IstioAccounts accounts_;
  const SeriesKey envoys_ = outbound(Counted::calls, "users.shop:50051");
  const SeriesKey istios_ = outbound(Counted::calls, "users.shop");
};

TEST_F(IstioAccountsTest, who_alone_tells_is_believed) {
  EXPECT_TRUE(is_counted(Account::envoy, envoys_));
  EXPECT_TRUE(is_counted(Account::istio, istios_));
  accounts_.note(Account::istio, istios_);
  EXPECT_TRUE(is_counted(Account::istio, istios_));
  accounts_.begin();
  accounts_.note(Account::envoy, envoys_);
  EXPECT_TRUE(is_counted(Account::envoy, envoys_));
}

TEST_F(IstioAccountsTest, envoys_is_where_both_tell_the_same) {
  accounts_.note(Account::istio, istios_);
  accounts_.note(Account::envoy, envoys_);
  expect_only(Account::envoy, envoys_, istios_);
}

TEST_F(IstioAccountsTest, who_alone_tells_methods_is) {
  const SeriesKey by_method = outbound(Counted::calls, "users.shop", "C");
  accounts_.note(Account::envoy, envoys_);
  accounts_.note(Account::istio, istios_);
  accounts_.note(Account::istio, by_method);
  expect_only(Account::istio, envoys_, by_method);
  EXPECT_TRUE(is_counted(Account::istio, istios_));
  accounts_.note(Account::envoy, outbound(Counted::calls, "users.shop:50051", "C"));
  expect_only(Account::envoy, envoys_, by_method);
}

TEST_F(IstioAccountsTest, another_upstream_and_direction_is_another_matter) {
  accounts_.note(Account::envoy, envoys_);
  accounts_.note(Account::istio, istios_);
  EXPECT_TRUE(is_counted(Account::istio, outbound(Counted::calls, "payments.shop")));
  EXPECT_TRUE(is_counted(Account::istio, inbound(Counted::calls)));
  accounts_.note(Account::istio, inbound(Counted::calls));
  accounts_.note(Account::envoy, inbound(Counted::calls));
  expect_only(Account::envoy, inbound(Counted::calls), inbound(Counted::calls));
}

TEST_F(IstioAccountsTest, times_are_judged_by_themselves) {
  const SeriesKey times = outbound(Counted::duration_bucket, "users.shop");
  accounts_.note(Account::envoy, envoys_);
  accounts_.note(Account::istio, istios_);
  accounts_.note(Account::istio, times);
  EXPECT_TRUE(is_counted(Account::istio, times));
  EXPECT_TRUE(is_counted(Account::istio, outbound(Counted::duration_sum_us, "users.shop")));
  accounts_.note(Account::envoy, outbound(Counted::duration_bucket, "users.shop:50051"));
  EXPECT_FALSE(is_counted(Account::istio, times));
}

TEST_F(IstioAccountsTest, resets_are_envoys_where_it_counts_requests) {
  const SeriesKey resets = outbound(Counted::resets, "users.shop");
  const SeriesKey envoys = outbound(Counted::resets, "users.shop:50051");
  accounts_.note(Account::istio, resets);
  EXPECT_TRUE(is_counted(Account::istio, resets));
  accounts_.note(Account::envoy, outbound(Counted::attempts, "users.shop:50051"));
  expect_only(Account::envoy, envoys, resets);
}

TEST_F(IstioAccountsTest, the_only_port_of_a_host_is_its_port) {
  EXPECT_EQ(upstream(istios_), "users.shop");
  accounts_.note_upstream("users.shop:50051");
  accounts_.note_upstream("users.shop:50051");
  EXPECT_EQ(upstream(istios_), "users.shop:50051");
  accounts_.note_upstream("users.shop:8080");
  EXPECT_EQ(upstream(istios_), "users.shop");
  accounts_.note_upstream("users.shop:50051");
  EXPECT_EQ(upstream(istios_), "users.shop");
  EXPECT_EQ(upstream(outbound(Counted::calls, "")), "");
  EXPECT_EQ(upstream(outbound(Counted::calls, "api:443")), "api:443");
}

}  // namespace
}  // namespace mesh::istio_accounts_test
