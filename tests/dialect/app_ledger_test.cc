// The recorded pages of thirteen gRPC libraries, all after the same calls: each comes out as what
// was called, or differs from it by what the library is known not to see.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "dialect/scripted_door.h"
#include "wire/fixture.h"

namespace mesh::app_ledger_test {
namespace {

using Ledger = std::map<std::string, std::uint64_t>;  // "GetUser NOT_FOUND" → calls

// What the client saw of its 34 calls of user.v1.UserService.
const Ledger called{{"GetUser OK", 20},
                    {"GetUser NOT_FOUND", 5},
                    {"GetUser UNAVAILABLE", 3},
                    {"GetUser DEADLINE_EXCEEDED", 2},
                    {"ListUsers OK", 4}};
const Ledger nothing;

Ledger with(Ledger ledger, const Ledger& others) {
  for (const auto& [what, calls] : others) {
    ledger[what] = calls;
    if (calls == 0) ledger.erase(what);
  }
  return ledger;
}

// A server is told of a reset only, when the caller's time is up.
const Ledger saw_resets =
    with(called, {{"GetUser DEADLINE_EXCEEDED", 0}, {"GetUser CANCELLED", 2}});
// grpc-java: whichever comes first, its own timer or the reset.
const Ledger saw_one_reset =
    with(called, {{"GetUser DEADLINE_EXCEEDED", 1}, {"GetUser CANCELLED", 1}});
// grpcio-observability: what the handler returned after the caller had gone, which nobody received.
const Ledger saw_no_deadline = with(called, {{"GetUser DEADLINE_EXCEEDED", 0}, {"GetUser OK", 22}});
// py-grpc-prometheus: server streams are never counted as handled.
const Ledger without_streams = with(called, {{"ListUsers OK", 0}});
const Ledger saw_resets_without_streams = with(saw_resets, {{"ListUsers OK", 0}});

struct Page {
  std::string file;
  Ledger inbound, outbound;
};

const std::array pages{
    Page{"go_grpc_middleware_server.txt", called, nothing},
    Page{"go_grpc_middleware_server.om.txt", called, nothing},
    Page{"go_grpc_middleware_client.txt", nothing, called},
    Page{"go_grpc_prometheus_both.txt", called, called},
    Page{"go_grpc_prometheus_both.om.txt", called, called},
    Page{"grpc_go_otel_server.txt", called, nothing},
    Page{"grpc_go_otel_utf8names_server.om.txt", called, nothing},
    Page{"grpc_go_otel_client.txt", nothing, called},
    Page{"otelgrpc_v0.49.0_server.txt", called, nothing},
    Page{"otelgrpc_v0.49.0_client.txt", nothing, called},
    Page{"otelgrpc_v0.61.0_server.txt", called, nothing},
    Page{"otelgrpc_v0.61.0_client.txt", nothing, called},
    Page{"otelgrpc_v0.72.0_server.txt", called, nothing},
    Page{"otelgrpc_v0.72.0_server.om.txt", called, nothing},
    Page{"otelgrpc_v0.72.0_client.txt", nothing, called},
    Page{"otelgrpc_v0.72.0_optin_old_server.txt", called, nothing},
    Page{"otelgrpc_v0.72.0_optin_old_client.txt", nothing, called},
    Page{"py_grpc_prometheus_server.txt", saw_resets_without_streams, nothing},
    Page{"py_grpc_prometheus_server.om.txt", saw_resets_without_streams, nothing},
    Page{"py_grpc_prometheus_client.txt", nothing, without_streams},
    Page{"py_grpc_prometheus_legacy_server.txt", saw_resets_without_streams, nothing},
    Page{"py_grpc_prometheus_legacy_client.txt", nothing, without_streams},
    Page{"py_grpcio_observability_both.txt", saw_no_deadline, called},
    Page{"py_otel_instrumentation_grpc_both.om.txt", nothing, nothing},  // makes traces only
    Page{"java_grpc_prometheus_server.txt", called, nothing},
    Page{"java_grpc_prometheus_codelabel_server.txt", called, nothing},
    Page{"java_grpc_prometheus_client.txt", nothing, called},
    Page{"java_grpc_prometheus_client.om.txt", nothing, called},
    Page{"java_micrometer_server.txt", saw_resets, nothing},
    Page{"java_micrometer_histogram_server.txt", saw_resets, nothing},
    Page{"java_micrometer_histogram_server.om.txt", saw_resets, nothing},
    Page{"java_micrometer_client.txt", nothing, called},
    Page{"grpc_java_otel_both.txt", saw_one_reset, called},
    Page{"java_otel_instrumentation_grpc_both.txt", saw_resets, called},
};

Readings read(const std::string& file) {
  Target target;
  target.mesh = "app";
  target.metrics = HttpEndpoint{{"127.0.0.1", 9090, ""}, "/metrics"};
  ScriptedDoor door(find_dialect("app")->open(target, Config{}));
  door.bodies_["/metrics"] = fixture("grpc_libraries/" + file);
  return door.readings();
}

// By "method detail"; what stands at nothing is left out.
Ledger ledger(const Readings& readings, Counted counted, Direction direction) {
  Ledger all;
  const CounterBlock& block = *readings.traffic;
  for (std::size_t i = 0; i < block.values.size(); ++i) {
    const SeriesKey& key = (*block.series)[i].key;
    if (key.counted != counted || key.direction != direction || block.values[i] == 0) continue;
    EXPECT_EQ(key.service, "user.v1.UserService");
    all[key.method.str() + " " + key.detail.str()] += block.values[i];
  }
  return all;
}

TEST(AppLedger, is_what_was_called) {
  for (const Page& page : pages) {
    const Readings readings = read(page.file);
    EXPECT_EQ(readings.unreadable, 0u) << page.file << ": " << readings.unreadable_sample;
    EXPECT_EQ(readings.ambiguous, 0u) << page.file;
    EXPECT_EQ(ledger(readings, Counted::calls, Direction::inbound), page.inbound) << page.file;
    EXPECT_EQ(ledger(readings, Counted::calls, Direction::outbound), page.outbound) << page.file;
  }
}

// The two calls whose time was up took 60 ms, 28 of the 30 less than 50, whatever the unit.
TEST(AppLedger, has_the_durations_in_seconds) {
  using enum Direction;
  for (const auto& [file, direction] :
       {std::pair("go_grpc_middleware_client.txt", outbound),
        std::pair("go_grpc_prometheus_both.txt", inbound),
        std::pair("grpc_go_otel_server.txt", inbound),
        std::pair("grpc_go_otel_utf8names_server.om.txt", inbound),
        std::pair("otelgrpc_v0.49.0_server.txt", inbound),
        std::pair("otelgrpc_v0.61.0_client.txt", outbound),
        std::pair("otelgrpc_v0.72.0_server.txt", inbound),
        std::pair("otelgrpc_v0.72.0_optin_old_server.txt", inbound),
        std::pair("py_grpc_prometheus_server.txt", inbound),
        std::pair("py_grpc_prometheus_legacy_client.txt", outbound),
        std::pair("java_grpc_prometheus_codelabel_server.txt", inbound),
        std::pair("grpc_java_otel_both.txt", inbound)}) {
    const Readings readings = read(file);
    Ledger within = ledger(readings, Counted::duration_bucket, direction);
    EXPECT_EQ(within["GetUser 0.05"], 28u) << file;
    EXPECT_EQ(within["GetUser +Inf"], 30u) << file;
    const std::uint64_t sum = ledger(readings, Counted::duration_sum_us, direction)["GetUser "];
    EXPECT_GT(sum, 120'000u) << file;
    EXPECT_LT(sum, 1'000'000u) << file;
  }
}

// Five messages in each of four streams. Of unary calls some count their one message each way, some
// none, and go-grpc-prometheus counts a client's answers that never came (10 of GetUser).
TEST(AppLedger, has_the_messages_where_the_library_counts_them) {
  using enum Direction;
  for (const auto& [file, direction, requests, responses] :
       {std::tuple("go_grpc_middleware_server.txt", inbound, 4, 20),
        std::tuple("go_grpc_middleware_client.txt", outbound, 4, 20),
        std::tuple("go_grpc_prometheus_both.txt", inbound, 4, 20),
        std::tuple("otelgrpc_v0.49.0_server.txt", inbound, 4, 20),
        std::tuple("otelgrpc_v0.61.0_client.txt", outbound, 4, 20),
        std::tuple("py_grpc_prometheus_client.txt", outbound, 0, 20),
        std::tuple("java_grpc_prometheus_server.txt", inbound, 0, 20),
        std::tuple("java_micrometer_server.txt", inbound, 4, 20),
        std::tuple("java_micrometer_client.txt", outbound, 4, 20)}) {
    const Readings readings = read(file);
    Ledger messages = ledger(readings, Counted::messages, direction);
    EXPECT_EQ(messages["ListUsers request"], static_cast<std::uint64_t>(requests)) << file;
    EXPECT_EQ(messages["ListUsers response"], static_cast<std::uint64_t>(responses)) << file;
  }
  Ledger unary = ledger(read("go_grpc_prometheus_both.txt"), Counted::messages, outbound);
  EXPECT_EQ(unary["GetUser response"], 10u);
}

}  // namespace
}  // namespace mesh::app_ledger_test
