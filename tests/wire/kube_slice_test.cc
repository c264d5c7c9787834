// EndpointSlices as an API server writes them: which addresses are believed to be whose.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "model/endpoint_slice.h"
#include "wire/fixture.h"
#include "wire/kube_object.h"

namespace mesh::kube_slice_test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "10.0.0.7 shop/users-0" of each.
std::vector<std::string> told(const std::string& json) {
  const auto slice = KubeReader<EndpointSlice>().read(json);
  EXPECT_TRUE(slice) << (slice ? "" : slice.error().message);
  std::vector<std::string> lines;
  if (!slice) return lines;
  for (const PodAddress& one : slice->addresses) {
    lines.push_back(one.ip + " " + one.pod.ns + "/" + one.pod.pod);
  }
  return lines;
}

std::string slice_of(const std::string& endpoints) {
  return R"({"metadata":{"name":"users-x","namespace":"shop"},"endpoints":[)" + endpoints + "]}";
}

std::string endpoint(const std::string& address, const std::string& pod,
                     const std::string& ns = "shop") {
  return R"({"addresses":[")" + address + R"("],"targetRef":{"kind":"Pod","namespace":")" + ns +
         R"(","name":")" + pod + R"("}})";
}

TEST(KubeSlice, tells_of_pods_whether_they_are_ready_or_not) {
  EXPECT_THAT(told(fixture("../fuzz/corpus/kube_slice/slice")),
              ElementsAre("10.244.1.7 shop/users-0", "10.244.2.7 shop/users-1"));
}

TEST(KubeSlice, has_addresses_of_either_family) {
  EXPECT_THAT(told(slice_of(endpoint("fd00::7", "users-0"))), ElementsAre("fd00::7 shop/users-0"));
}

TEST(KubeSlice, is_the_same_in_whatever_order) {
  const std::string a = endpoint("10.0.0.1", "a"), b = endpoint("10.0.0.2", "b");
  EXPECT_EQ(told(slice_of(a + "," + b)), told(slice_of(b + "," + a)));
}

TEST(KubeSlice, is_believed_about_pods_of_its_own_namespace_only) {
  EXPECT_THAT(told(slice_of(endpoint("10.0.0.1", "dns", "kube-system"))), IsEmpty());
  EXPECT_THAT(told(slice_of(R"({"addresses":["10.0.0.1"],"targetRef":{"kind":"Pod","name":"a"}})")),
              ElementsAre("10.0.0.1 shop/a"));
}

TEST(KubeSlice, of_what_is_no_pod_says_nothing) {
  EXPECT_THAT(
      told(slice_of(R"({"addresses":["10.0.0.1"]},)"
                    R"({"addresses":["10.0.0.1"],"targetRef":{"kind":"Node","name":"n"}},)" +
                    endpoint("users.example.org", "a") + "," + endpoint("10.0.0.1", "A b") +
                    R"(,7,{"addresses":[],"targetRef":{"kind":"Pod","name":"a"}})")),
      IsEmpty());
  EXPECT_THAT(told(R"({"metadata":{"name":"a","namespace":"b"},"endpoints":null})"), IsEmpty());
}

TEST(KubeSlice, holds_no_more_than_kubernetes_allows) {
  std::string many = endpoint("10.0.0.1", "a");
  for (std::size_t i = 0; i < limits::endpoints_per_slice; ++i) {
    many.append(",").append(endpoint("10.0.0.1", "a"));
  }
  EXPECT_EQ(told(slice_of(many)).size(), limits::endpoints_per_slice);
}

TEST(KubeSlice, has_a_proper_name) {
  const auto refused = [](const std::string& json) {
    const auto slice = KubeReader<EndpointSlice>().read(json);
    return slice ? "" : slice.error().message;
  };
  EXPECT_EQ(refused("{}"), "EndpointSlice without a proper name");
  EXPECT_EQ(refused(R"({"metadata":{"name":"a","namespace":"../x"}})"),
            "EndpointSlice a has no proper namespace");
  EXPECT_EQ(refused(R"({"kind":"Pod"})"), "of the kind \"Pod\"");
}

TEST(KubeSlice, comes_in_events) {
  const auto event = KubeReader<EndpointSlice>().read_event(
      R"({"type":"DELETED","object":{"metadata":{"name":"a","namespace":"b",)"
      R"("resourceVersion":"9"}}})");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->change, KubeChange::deleted);
  EXPECT_EQ(event->object.name, "a");
  EXPECT_EQ(event->resource_version, "9");
}

}  // namespace
}  // namespace mesh::kube_slice_test
