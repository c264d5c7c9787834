// What it costs to judge the balance of many upstreams: one target with 500 upstreams of 50
// endpoints each, polled every 15 seconds. Processor time of entering a poll and of judging it;
// memory of the history per endpoint; and how often memory is asked for in a poll in which no
// endpoint changed.
//
//   balance_bench [UPSTREAMS [ENDPOINTS]]
#include <malloc.h>
#include <time.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "compute/target_history.h"

namespace {
std::uint64_t allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace mesh {
namespace {

double processor_ms() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

std::size_t heap_bytes() {
  malloc_trim(0);
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// What each poll reads: the names are the same, the numbers grow.
class Proxy {
 public:
  Proxy(int upstreams, int endpoints) {
    auto series = std::make_shared<std::vector<Series>>();
    for (int u = 0; u < upstreams; ++u) {
      const std::string upstream = "users-" + std::to_string(u) + ".shop.svc.cluster.local:50051";
      for (int e = 0; e < endpoints; ++e) {
        const std::string address = "10." + std::to_string(u / 250) + "." +
                                    std::to_string(u % 250) + "." + std::to_string(e) + ":50051";
        EndpointReading one;
        one.upstream = upstream;
        one.address = address;
        readings_.endpoint_states.push_back(one);
        for (const Counted counted : {Counted::endpoint_requests, Counted::endpoint_failures,
                                      Counted::endpoint_connections}) {
          Series& of = series->emplace_back();
          of.source = upstream + address + std::to_string(static_cast<int>(counted));
          of.key = {counted, Direction::outbound, upstream, "", "", "", address};
          of.scope = static_cast<std::uint32_t>(series->size());
        }
      }
    }
    readings_.endpoints = CounterBlock{};
    readings_.endpoints->values.assign(series->size(), 0);
    readings_.endpoints->series = std::move(series);
  }

  const Readings& poll(Instant at) {
    readings_.at = at;
    std::uint64_t step = 7;
    for (std::uint64_t& value : readings_.endpoints->values) value += 90 + step++ % 20;
    return readings_;
  }

 private:
  Readings readings_;
};

int run(int argc, char** argv) {
  const int upstreams = argc > 1 ? std::atoi(argv[1]) : 500;
  const int endpoints = argc > 2 ? std::atoi(argv[2]) : 50;
  const double count = static_cast<double>(upstreams) * endpoints;
  Proxy proxy(upstreams, endpoints);
  Config config;
  config.limits.upstreams_per_target = 10'000;
  TargetHistory history(Target{}, config);
  const std::size_t before = heap_bytes();
  std::size_t after_one = 0;
  Instant now{std::chrono::hours(1)};
  double entering = 0, judging = 0;
  std::uint64_t asked = 0;
  constexpr int passes = 20;
  for (int pass = -8; pass < passes; ++pass) {
    now += std::chrono::seconds(15);
    const Readings& readings = proxy.poll(now);
    const double begin = processor_ms();
    const std::uint64_t began = allocations;
    history.record(readings, {WallTime{}, now, {}, 0});
    const double entered = processor_ms();
    const std::uint64_t entered_at = allocations;
    const auto state = history.state(now, WallTime{});
    if (pass == -8) after_one = heap_bytes();
    if (pass < 0) continue;  // until the window is full
    asked += entered_at - began;
    entering += entered - begin;
    judging += processor_ms() - entered;
    if (state->balances.size() != static_cast<std::size_t>(upstreams)) return 1;
  }
  std::printf("%d upstreams of %d endpoints\n", upstreams, endpoints);
  std::printf("a pass: %.1f ms to enter, %.1f ms to judge and publish\n", entering / passes,
              judging / passes);
  const auto each = [&](std::size_t bytes) { return static_cast<double>(bytes) / count; };
  const std::size_t after_all = heap_bytes();
  std::printf("memory per endpoint: %.0f bytes, of them %.0f for the window's history\n",
              each(after_all - before), each(after_all - after_one));
  std::printf("entering an unchanged list: memory asked for %.3f times per endpoint\n",
              static_cast<double>(asked) / passes / count);
  return 0;
}

}  // namespace
}  // namespace mesh

int main(int argc, char** argv) { return mesh::run(argc, argv); }
