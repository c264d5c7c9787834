// How many bytes a second each reader of src/wire takes on one core. The stats are read on first
// sight (a reader that knows nothing), in a known layout (what a poll costs), and with one line
// more or less at every answer (what a changing proxy costs).
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "wire/envoy_clusters.h"
#include "wire/envoy_server_info.h"
#include "wire/envoy_stats.h"
#include "wire/exposition.h"

namespace mesh {
namespace {

std::string recorded(const std::string& name) {
  std::ifstream file(MESH_TESTS_DIR "/fixtures/envoy/1.40.0/client/" + name, std::ios::binary);
  std::string body{std::istreambuf_iterator<char>(file), {}};
  if (body.empty()) {
    std::cerr << "no recorded answer " << name << '\n';
    std::exit(1);
  }
  return body;
}

// 7 800 lines as a proxy of 100 upstreams prints them. A larger `round` has larger numbers.
std::string synthetic(std::size_t round) {
  constexpr std::size_t upstreams = 100, methods = 13, stats = 6;
  const char* const kinds[stats] = {"0",       "14",   "failure", "request_message_count",
                                    "success", "total"};
  std::string body;
  for (std::size_t upstream = 0; upstream < upstreams; ++upstream) {
    for (std::size_t method = 0; method < methods; ++method) {
      for (const char* const kind : kinds) {
        body += "cluster.outbound|50051||service-" + std::to_string(upstream) +
                ".shop.svc.cluster.local.grpc.shop.v1.InventoryService.GetAvailableItem" +
                std::to_string(method) + "." + kind + ": " +
                std::to_string((upstream * 7919 + method * 104729) * (round + 1) % 10'000'000) +
                "\n";
      }
    }
  }
  return body;
}

// Without the line in the middle.
std::string one_line_less(std::string body) {
  const std::size_t begin = body.find('\n', body.size() / 2) + 1;
  return body.erase(begin, body.find('\n', begin) + 1 - begin);
}

void count_bytes(benchmark::State& state, const std::string& body) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * body.size()));
}

void first_sight(benchmark::State& state, const std::string& body) {
  for (auto _ : state) {
    StatsReader reader;
    StatsAnswer answer;
    reader.read(body, answer);
    benchmark::DoNotOptimize(answer.values.data());
  }
  count_bytes(state, body);
}

void alternating(benchmark::State& state, const std::string& one, const std::string& other) {
  StatsReader reader;
  StatsAnswer answer;
  reader.read(one, answer);
  reader.read(other, answer);
  bool turn = false;
  for (auto _ : state) {
    reader.read(turn ? one : other, answer);
    benchmark::DoNotOptimize(answer.values.data());
    turn = !turn;
  }
  count_bytes(state, one);
}

void exposition(benchmark::State& state, const std::string& body) {
  double sum = 0;
  for (auto _ : state) {
    read_exposition(body, [&](const Sample& sample) { sum += sample.value; });
    benchmark::DoNotOptimize(sum);
  }
  count_bytes(state, body);
}

template <auto parse>
void whole(benchmark::State& state, const std::string& body) {
  for (auto _ : state) benchmark::DoNotOptimize(parse(body).ok());
  count_bytes(state, body);
}

void register_all() {
  using benchmark::RegisterBenchmark;
  const std::string stats = recorded("stats.txt");
  const std::string one = synthetic(0), other = synthetic(1);
  RegisterBenchmark("stats/recorded/first_sight", first_sight, stats);
  RegisterBenchmark("stats/recorded/known", alternating, stats, stats);
  RegisterBenchmark("stats/recorded/one_line_comes_and_goes", alternating, stats,
                    one_line_less(stats));
  RegisterBenchmark("stats/synthetic/first_sight", first_sight, one);
  RegisterBenchmark("stats/synthetic/known", alternating, one, other);
  RegisterBenchmark("stats/synthetic/one_line_comes_and_goes", alternating, one,
                    one_line_less(other));
  RegisterBenchmark("clusters/json", whole<parse_envoy_clusters_json>, recorded("clusters.json"));
  RegisterBenchmark("clusters/text", whole<parse_envoy_clusters_text>, recorded("clusters.txt"));
  RegisterBenchmark("server_info", whole<parse_envoy_server_info>, recorded("server_info.json"));
  RegisterBenchmark("exposition", exposition, recorded("stats.prom"));
}

}  // namespace
}  // namespace mesh

int main(int count, char** words) {
  benchmark::Initialize(&count, words);
  if (benchmark::ReportUnrecognizedArguments(count, words)) return 1;
  mesh::register_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
