// From a page of an Istio sidecar (written, not recorded: fixtures/README.md) to the whole page
// that Prometheus reads, by default and with what proxyStatsMatcher lets in.
#include <gtest/gtest.h>

#include <string>

#include "app/golden_page.h"
#include "dialect/dialects.h"
#include "wire/fixture.h"

namespace mesh::support::golden_istio_test {
namespace {

std::string page_of(const std::string& body) {
  Target target;
  target.mesh = "istio";
  target.ns = "shop";
  target.pod = "orders-1";
  target.workload = "orders";
  target.metrics = HttpEndpoint{{"127.0.0.1", 15020, ""}, "/stats/prometheus"};
  const auto conversation = find_dialect("istio")->open(target, Config{});
  return page_after_two_polls(target, [&](Instant now) {
    (void)conversation->begin(now);
    return conversation->hear(Response{200, body, 1, now, now, WallTime{} + (now - Instant{})});
  });
}

TEST(GoldenIstio, a_default_page) {
  expect_golden(page_of(fixture("istio/documented/default_15020.txt")), "istio/default_15020.txt");
}

TEST(GoldenIstio, a_page_with_clusters_let_in) {
  expect_golden(page_of(fixture("istio/documented/default_15020.txt") +
                        fixture("istio/documented/clusters_let_in.txt")),
                "istio/clusters_let_in.txt");
}

}  // namespace
}  // namespace mesh::support::golden_istio_test
