// A poller before an application without a proxy that has more to tell than it is asked for.
#include <chrono>
#include <string>

#include "app/poller_fixture.h"
#include "grpc/serving.h"
#include "support/proto_bytes.h"

namespace mesh::support::poller_channelz_test {
namespace {

// What a client tells by channelz that balances over so many addresses itself.
Served told_by_channelz(const ServingCall& call, std::uint64_t addresses) {
  constexpr int unimplemented = 12;
  const std::string the_end = field(2, 1);
  if (call.path.ends_with("/GetServers")) return {0, "", the_end, false};
  if (call.path.ends_with("/GetTopChannels")) {
    std::string channel = field(1, field(1, 1)) + field(2, field(2, "dns:///users:1"));
    for (std::uint64_t id = 0; id < addresses; ++id) channel += field(4, field(7, 1000 + id));
    return {0, "", field(1, channel) + the_end, false};
  }
  if (!call.path.ends_with("/GetSubchannel")) return {unimplemented, "", "", false};
  const std::string id = call.request.substr(1);  // behind its tag
  const std::string address = "10.0." + std::to_string(static_cast<unsigned char>(id[0])) + "." +
                              std::to_string(static_cast<unsigned char>(id[1])) + ":1";
  const std::string data = field(2, address) + field(4, 7);
  const std::string ref = varint(7 << 3) + id;
  return {0, "", field(1, field(1, ref) + field(2, data)), false};
}

TEST_F(PollerTest, an_application_with_more_than_is_asked_for_is_told_in_part_at_the_usual_pace) {
  const Serving server([](const ServingCall& call) { return told_by_channelz(call, 600); });
  timeout_ = seconds(4);
  Target client;
  client.mesh = "proxyless";
  client.pod = "web";
  client.grpc = GrpcServer{server.address(), {}, ""};
  const auto poller = poll({client});
  const auto state = [&] { return poller->snapshot()->targets.at(0); };
  ASSERT_TRUE(until([&] { return failures(*state(), Reason::too_large) > 1; }));
  EXPECT_TRUE(state()->up);
  EXPECT_EQ(state()->intervals_per_poll, 1);
  EXPECT_EQ(state()->endpoints.size(), 498u) << "500 questions, of which two were for lists";
  ASSERT_EQ(state()->unanswered.size(), 1u);
  EXPECT_EQ(state()->unanswered[0].failure.message,
            "channelz: more entities than are asked for: 500 questions, at least 102 left out");
}

}  // namespace
}  // namespace mesh::support::poller_channelz_test
