// From recorded bodies of real Envoys to the whole page that Prometheus reads. The golden pages are
// in tests/golden/envoy; MESH_REGENERATE=1 writes them anew, to be read before they are committed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>

#include "app/golden_page.h"
#include "wire/exposition.h"

namespace mesh::support::golden_exposition_test {
namespace {

struct Recording {
  const char* folder;
  bool metrics_only;
  const char* golden;
};

// How a failed test names its recording.
void PrintTo(const Recording& recording, std::ostream* out) { *out << recording.golden; }

std::string name_of(const ::testing::TestParamInfo<Recording>& info) {
  return std::regex_replace(info.param.golden, std::regex("[^a-zA-Z0-9]"), "_");
}

Target target_of(const Recording& recording) {
  Target target;
  target.ns = "shop";
  target.pod = "recorded-1";
  target.workload = "recorded";
  if (recording.metrics_only) {
    target.metrics = HttpEndpoint{{"127.0.0.1", 15090, ""}, "/stats/prometheus"};
  } else {
    target.admin = Address{"127.0.0.1", 9901, ""};
  }
  return target;
}

std::string page_of(const Recording& recording) {
  const Target target = target_of(recording);
  const auto conversation = find_dialect("envoy")->open(target, Config{});
  const RecordedProxy proxy(recording.folder);
  return page_after_two_polls(target, [&](Instant now) { return proxy.poll(*conversation, now); });
}

class GoldenExposition : public ::testing::TestWithParam<Recording> {};

TEST_P(GoldenExposition, a_recorded_proxy_gives_the_golden_page) {
  expect_golden(page_of(GetParam()), std::string("envoy/") + GetParam().golden);
}

// The recordings were made after a known number of calls: the page must tell exactly those.
TEST_P(GoldenExposition, the_page_counts_as_many_calls_of_each_status_as_the_ledger) {
  const std::string ledger = read_file(std::string(MESH_TESTS_DIR "/fixtures/envoy/") +
                                       GetParam().folder + "/ledger.json");
  std::map<std::string, double> expected, counted;
  const std::regex entry(R"re("code":\s*"([A-Z_]+)",\s*"count":\s*([0-9]+))re");
  for (std::sregex_iterator it(ledger.begin(), ledger.end(), entry), end; it != end; ++it) {
    expected[(*it)[1]] += std::stod((*it)[2]);
  }
  ASSERT_FALSE(expected.empty());
  read_exposition(page_of(GetParam()), [&](const Sample& sample) {
    if (sample.name != "mesh_grpc_requests_total") return;
    if (sample.label("grpc_service") == "grpc.health.v1.Health") return;
    counted[std::string(sample.label("grpc_code"))] += sample.value;
  });
  if (std::string(GetParam().folder).ends_with("server")) {
    // One server of three: it has a part of each status.
    for (const auto& [code, count] : expected) {
      EXPECT_GT(counted[code], 0) << code;
      EXPECT_LT(counted[code], count) << code;
    }
    return;
  }
  EXPECT_EQ(counted, expected);
}

INSTANTIATE_TEST_SUITE_P(
    Envoy, GoldenExposition,
    ::testing::Values(Recording{"1.36.2/client", false, "1.36.2/client.txt"},
                      Recording{"1.36.2/server", false, "1.36.2/server.txt"},
                      Recording{"1.40.0/client", false, "1.40.0/client.txt"},
                      Recording{"1.40.0/server", false, "1.40.0/server.txt"},
                      Recording{"1.36.2/client", true, "1.36.2/client_metrics_port.txt"},
                      Recording{"1.40.0/client", true, "1.40.0/client_metrics_port.txt"}),
    name_of);

}  // namespace
}  // namespace mesh::support::golden_exposition_test
