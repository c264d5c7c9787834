// Which names a target may have, and what becomes of the rest.
#include "compute/fold.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mesh::fold_test {
namespace {

SeriesKey call(std::string upstream, std::string method, std::string code = "OK") {
  return {Counted::calls,    Direction::outbound, std::move(upstream), "", "S",
          std::move(method), std::move(code)};
}

SeriesKey endpoint(std::string upstream, std::string address) {
  return {Counted::endpoint_requests, Direction::outbound, std::move(upstream), "", "", "",
          std::move(address)};
}

LimitsConfig limits(std::size_t methods, std::size_t upstreams, std::size_t endpoints) {
  LimitsConfig config;
  config.methods_per_upstream = methods;
  config.upstreams_per_target = upstreams;
  config.endpoints_per_upstream = endpoints;
  return config;
}

TEST(Folder, a_method_with_a_place_keeps_its_name_for_every_status) {
  Folder folder(limits(1, 9, 9));
  folder.hold(folder.place(call("u", "M")));
  EXPECT_EQ(folder.place(call("u", "M", "INTERNAL")), call("u", "M", "INTERNAL"));
}

TEST(Folder, a_method_over_the_limit_is_counted_as_other_with_its_status) {
  Folder folder(limits(1, 9, 9));
  folder.hold(folder.place(call("u", "M")));
  SeriesKey expected = call("u", "other", "INTERNAL");
  expected.service = "other";
  EXPECT_EQ(folder.place(call("u", "N", "INTERNAL")), expected);
  EXPECT_EQ(folder.folded()[static_cast<std::size_t>(Counted::calls)], 1u);
}

TEST(Folder, each_upstream_has_its_own_places) {
  Folder folder(limits(1, 9, 9));
  folder.hold(folder.place(call("u", "M")));
  EXPECT_EQ(folder.place(call("v", "N")).method, "N");
}

TEST(Folder, an_upstream_over_the_limit_is_counted_as_other) {
  Folder folder(limits(9, 1, 9));
  folder.hold(folder.place(call("u", "M")));
  EXPECT_EQ(folder.place(call("v", "M")), call("other", "M"));
}

TEST(Folder, an_upstream_of_each_of_several_workloads_has_its_own_place) {
  Folder folder(limits(9, 1, 9));
  const auto of = [](std::string owner) {
    SeriesKey key{Counted::tcp_opened, Direction::outbound, "u", "", "", "", "mutual_tls"};
    key.owner = std::move(owner);
    return key;
  };
  folder.hold(folder.place(of("shop/web")));
  EXPECT_EQ(folder.place(of("shop/web")), of("shop/web"));
  SeriesKey expected = of("");
  expected.upstream = "other";
  EXPECT_EQ(folder.place(of("shop/cart")), expected);
  folder.drop(of("shop/web"));
  EXPECT_EQ(folder.place(of("shop/cart")), of("shop/cart"));
}

TEST(Folder, the_methods_of_the_upstream_other_are_bounded_too) {
  Folder folder(limits(1, 1, 9));
  folder.hold(folder.place(call("u", "M")));
  folder.hold(folder.place(call("v", "M")));
  EXPECT_EQ(folder.place(call("w", "N")).method, "other");
}

TEST(Folder, an_endpoint_over_the_limit_is_counted_as_other) {
  Folder folder(limits(9, 9, 1));
  folder.hold(folder.place(endpoint("u", "10.0.0.1:80")));
  EXPECT_EQ(folder.place(endpoint("u", "10.0.0.2:80")), endpoint("u", "other"));
  EXPECT_EQ(folder.folded()[static_cast<std::size_t>(Counted::endpoint_requests)], 1u);
}

TEST(Folder, an_aggregate_without_method_takes_no_place) {
  Folder folder(limits(1, 9, 9));
  SeriesKey aggregate = call("u", "");
  aggregate.service.clear();
  folder.hold(folder.place(aggregate));
  EXPECT_EQ(folder.place(call("u", "M")).method, "M");
}

TEST(Folder, a_place_is_free_again_when_its_last_series_is_dropped) {
  Folder folder(limits(1, 9, 9));
  folder.hold(call("u", "M", "OK"));
  folder.hold(call("u", "M", "INTERNAL"));
  folder.drop(call("u", "M", "OK"));
  EXPECT_EQ(folder.place(call("u", "N")).method, "other");
  folder.drop(call("u", "M", "INTERNAL"));
  EXPECT_EQ(folder.place(call("u", "N")).method, "N");
}

SeriesKey received(std::string method) {
  SeriesKey key = call("", std::move(method));
  key.direction = Direction::inbound;
  return key;
}

std::shared_ptr<const MethodNames> declared(std::vector<std::string> methods) {
  MethodNames names;
  for (const std::string& method : methods) names.emplace("S", method);
  return std::make_shared<const MethodNames>(std::move(names));
}

TEST(Folder, keeps_places_for_the_methods_that_the_server_declares) {
  Folder folder(limits(3, 9, 9));
  folder.prefer(declared({"Get", "List"}));
  folder.hold(folder.place(received("invented1")));
  EXPECT_EQ(folder.place(received("invented2")).method, "other");
  for (const char* method : {"Get", "List"}) {
    EXPECT_EQ(folder.place(received(method)).method, method);
    folder.hold(folder.place(received(method)));
  }
  EXPECT_EQ(folder.place(received("invented2")).method, "other");
  folder.drop(received("invented1"));
  EXPECT_EQ(folder.place(received("invented2")).method, "invented2");
}

TEST(Folder, finds_a_place_for_declared_methods_that_came_after_invented_ones) {
  Folder folder(limits(2, 9, 9));
  for (const char* method : {"a", "Get"}) folder.hold(folder.place(received(method)));
  const std::uint64_t before = folder.preferences();
  folder.prefer(declared({"Get", "List"}));
  EXPECT_NE(folder.preferences(), before);
  EXPECT_EQ(folder.place(received("a")).method, "a");
  EXPECT_EQ(folder.place(received("List")).method, "List");
  folder.hold(folder.place(received("List")));
  // They are as bounded as any, and the places of who was there before are given back.
  for (const char* method : {"a", "Get", "List"}) folder.drop(received(method));
  folder.prefer(nullptr);
  for (const char* method : {"x", "y"}) folder.hold(folder.place(received(method)));
  EXPECT_EQ(folder.place(received("z")).method, "other");
}

TEST(Folder, lets_a_server_that_declares_more_than_the_limit_have_no_more_places) {
  Folder folder(limits(2, 9, 9));
  folder.prefer(declared({"a", "b", "c"}));
  for (const char* method : {"a", "b"}) folder.hold(folder.place(received(method)));
  EXPECT_EQ(folder.place(received("c")).method, "other");
  EXPECT_EQ(folder.place(received("invented")).method, "other");
}

TEST(Folder, knows_nothing_of_the_methods_of_other_servers) {
  Folder folder(limits(1, 9, 9));
  folder.prefer(declared({"Get"}));
  folder.hold(folder.place(call("u", "invented")));
  EXPECT_EQ(folder.place(call("u", "Get")).method, "other");
}

}  // namespace
}  // namespace mesh::fold_test
