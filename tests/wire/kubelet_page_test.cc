// A kubelet's page of resource metrics, as kubelets since 1.29 and before write it.
#include "wire/kubelet_page.h"

#include <gtest/gtest.h>

namespace mesh::kubelet_page_test {
namespace {

constexpr std::string_view page =
    R"(# HELP container_cpu_usage_seconds_total [STABLE] Cumulative cpu time consumed by the container in core-seconds
# TYPE container_cpu_usage_seconds_total counter
container_cpu_usage_seconds_total{container="app",namespace="shop",pod="users-0"} 91.25 1795714201000
container_cpu_usage_seconds_total{container="istio-proxy",namespace="shop",pod="users-0"} 1.520733 1795714203512
container_cpu_usage_seconds_total{container="istio-proxy",namespace="other",pod="users-0"} 7 1795714203512
# HELP container_memory_working_set_bytes [STABLE] Current working set of the container in bytes
# TYPE container_memory_working_set_bytes gauge
container_memory_working_set_bytes{container="app",namespace="shop",pod="users-0"} 4.194304e+06 1795714201000
container_memory_working_set_bytes{container="istio-proxy",namespace="shop",pod="users-0"} 5.7262080e+07 1795714203512
# TYPE container_start_time_seconds gauge
container_start_time_seconds{container="istio-proxy",namespace="shop",pod="users-0"} 1.795711e+09
# TYPE container_swap_usage_bytes gauge
container_swap_usage_bytes{container="istio-proxy",namespace="shop",pod="users-0"} 0 1795714203512
# TYPE node_memory_working_set_bytes gauge
node_memory_working_set_bytes 1.1e+09 1795714201000
# TYPE pod_memory_working_set_bytes gauge
pod_memory_working_set_bytes{namespace="shop",pod="users-0"} 6.2e+07 1795714201000
# TYPE resource_scrape_error gauge
resource_scrape_error 0
# TYPE scrape_error gauge
scrape_error 0
)";

const ContainerKey sidecar{"shop", "users-0", "istio-proxy"};
using Uses = std::map<ContainerKey, ContainerUse>;

TEST(KubeletPage, tells_what_is_asked_for_and_nothing_else) {
  const ContainerKey missing{"shop", "users-1", "istio-proxy"};
  Uses uses{{sidecar, {}}, {missing, {}}};
  const KubeletPage read = read_kubelet_page(page, uses);
  EXPECT_EQ(uses, (Uses{{sidecar, {57'262'080, 1'520'733}}, {missing, {}}}));
  EXPECT_EQ(read.samples, 11u);
  EXPECT_EQ(read.unreadables.count(), 0u);
  EXPECT_TRUE(read.measured);
}

TEST(KubeletPage, says_that_the_kubelet_could_not_measure) {
  Uses uses;
  EXPECT_FALSE(read_kubelet_page("resource_scrape_error 1\n", uses).measured);
  EXPECT_FALSE(read_kubelet_page("scrape_error 1\n", uses).measured);
}

TEST(KubeletPage, takes_no_number_that_can_be_none) {
  const std::string of = R"({container="istio-proxy",namespace="shop",pod="users-0"} )";
  for (const std::string value : {"-1", "NaN", "+Inf", "1e300"}) {
    Uses uses{{sidecar, {}}};
    const KubeletPage read =
        read_kubelet_page("container_memory_working_set_bytes" + of + value + "\n" +
                              "container_cpu_usage_seconds_total" + of + "2\n",
                          uses);
    EXPECT_EQ(uses.at(sidecar), (ContainerUse{std::nullopt, 2'000'000})) << value;
    EXPECT_EQ(read.unreadables.count(), 1u) << value;
    EXPECT_EQ(read.unreadables.sample().substr(0, 34), "container_memory_working_set_bytes");
  }
}

TEST(KubeletPage, counts_what_is_no_sample) {
  Uses uses{{sidecar, {}}};
  const KubeletPage read = read_kubelet_page("<html>\n<p>\n", uses);
  EXPECT_EQ(read.samples, 0u);
  EXPECT_EQ(read.unreadables.count(), 2u);
  EXPECT_EQ(read.unreadables.sample(), "<html>");
  EXPECT_EQ(uses.at(sidecar), ContainerUse{});
}

}  // namespace
}  // namespace mesh::kubelet_page_test
