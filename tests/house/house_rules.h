// The rules of the house that a machine can check, each a function from a file (its path within the
// project and its text) to complaints. ARCHITECTURE.md tells what the rooms are and why they may
// include only downwards; the two tables below are that page's word in code.
//
// The rule on co_await is there for safety: g++ 12 miscompiles coroutines whose co_await expression
// makes aggregates or lambdas, stands in braces or in a conditional (objects destroyed twice).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace mesh::house {

struct SourceFile {
  std::string path;  // "src/wire/exposition.cc"
  std::string text;
};

using Complaints = std::vector<std::string>;

struct Room {
  std::string_view name;
  std::string_view below;  // what it may include, besides itself, each name between spaces
};

// "config.h" stands for config/config.h alone: the values, without the YAML.
inline constexpr std::array<Room, 13> rooms{{
    {"base", " "},
    {"model", " base "},
    {"config", " base model "},
    {"wire", " base model config.h "},
    {"dialect", " base model config.h wire "},
    {"compute", " base model config.h wire "},
    {"net", " base model config.h "},
    {"grpc", " base model config.h wire net "},
    {"expose", " base model config.h wire dialect compute "},
    {"discover", " base model config config.h wire net scrape "},
    {"scrape", " base model config.h wire dialect net grpc "},
    {"cli", " base model config config.h wire dialect compute net expose discover scrape "},
    {"app",
     " base model config config.h wire dialect compute net grpc expose discover scrape cli "},
}};

// Which files may include what begins like this: those whose path begins with one of these words.
struct Fence {
  std::string_view include;
  std::string_view inside;
};

inline constexpr std::array<Fence, 14> fences{{
    {"boost/asio", "src/net/ src/grpc/ src/discover/ src/scrape/ src/app/ src/expose/routes."},
    {"boost/beast", "src/net/ src/discover/ src/scrape/ src/app/ src/expose/routes."},
    {"openssl/", "src/net/ src/wire/x509"},
    {"crypt.h", "src/net/basic_auth.cc"},
    {"simdjson", "src/wire/"},
    {"messages/", "src/wire/grpc_ src/expose/protobuf."},
    {"google/protobuf/", "src/wire/grpc_ src/wire/proto_"},
    {"yaml-cpp/", "src/config/"},
    {"prometheus/", "src/expose/"},
    {"boost/program_options", "src/cli/"},
    {"grpcpp/", "src/grpc/flight. src/grpc/queue_readers. src/grpc/library_channel.cc"},
    {"grpc/support", "src/grpc/flight.cc"},
    {"zlib.h", "src/expose/ src/net/"},
    {"zstd", "src/expose/pack_zstd."},
}};

// "wire" of "src/wire/exposition.cc"; "" of "src/main.cc" and of what is not in src.
std::string room_of(const std::string& path);

Complaints complaints_about(const SourceFile& file);

}  // namespace mesh::house
