// How gRPC libraries count calls on the Prometheus page of an application: the one list.
//
// An account is one generation's way of counting: the same calls, told in names of its own. What
// the accounts have in common:
//
// - OpenTelemetry's exporters and whoever scrapes may or may not translate names: a histogram
//   `rpc.server.duration` is rpc_server_duration_milliseconds, rpc_server_duration,
//   {"rpc.server.duration"} or {"rpc.server.duration_milliseconds"}, its labels likewise. Dots are
//   read as underscores, and times with the name of their unit or without.
// - A status is a number or a name in some spelling (wire/grpc_code.h). Some have it in two labels.
// - A method has its service beside it, or before it and a slash in one label.
// - Methods that the server does not know are `other` or `_OTHER`: for us service and method
// `other`.
// - Labels that are not named here never part a series: OpenTelemetry's scopes and their versions,
// the
//   kind of a method, the peer's family of addresses, whatever the application adds.
//
// Names are matched whole. Neighbours look alike and count something else: `_created` is an
// instant,
// `_max` a gauge, sizes and messages per call have the same labels.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "model/series.h"
#include "wire/exposition.h"

namespace mesh {

// Which labels tell what; "" where none does.
struct AppLabels {
  std::string_view service;
  std::string_view method;                 // "GetUser" or "user.v1.UserService/GetUser"
  std::array<std::string_view, 2> status;  // the first that is there
  std::string_view dialled;                // by the client: "dns:///users:50051"
  std::string_view host, port;             // where a client's calls went
  std::array<std::string_view, 2> system;  // "grpc", in families that other kinds of RPC share
};

// In names `*` stands for `server` (inbound) and `client` (outbound), and `+` for what a message
// is: of those received, `requests` at a server and `responses` at a client; of those sent the
// reverse.
struct AppAccount {
  std::string_view library;                   // in a word or two
  std::array<std::string_view, 2> calls;      // finished ones by status; none: _count of durations
  std::array<std::string_view, 3> durations;  // histograms, without the name of their unit
  double per_second;                          // of the unit that they have where none is named
  std::string_view received, sent;            // messages
  AppLabels labels;
};

// In the order of preference: of several on one page that count the calls of one direction, one is
// believed (app.h).
std::span<const AppAccount> app_accounts();

// What the name of a sample says.
struct AppFamily {
  std::size_t account = 0;  // which of app_accounts()
  Direction direction = Direction::inbound;
  Counted counted = Counted::calls;
  std::string_view detail{};  // of messages
  double per_second = 1;      // of the unit of a time
};

// Null if the name is none of theirs.
const AppFamily* find_app_family(std::string_view sample_name);

struct AppSample {
  SeriesKey key;
  double value = 0;   // in the unit of key.counted
  bool exact = true;  // service, method and, of calls, status were told
};

// False for other kinds of RPC in a family that they share with gRPC.
bool is_of_grpc(const Sample& sample, const AppFamily& family);

// Nothing if it is not, or is a bucket without a bound.
std::optional<AppSample> read_app_sample(const Sample& sample, const AppFamily& family);

}  // namespace mesh
