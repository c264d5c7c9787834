// Server reflection (grpc.reflection.v1 and its older form v1alpha, which differ in name only):
// what services a gRPC server has, and what methods each. Questions as bytes to send, answers from
// bytes; one question and one answer are a call of ServerReflectionInfo. Never throws, never logs.
//
// Of a descriptor is read what services it declares; its messages, and what it imports, are passed
// over, so that it matters neither how deep they go nor whether they hold together.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mesh {

inline constexpr std::string_view reflection_v1 =
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
inline constexpr std::string_view reflection_v1alpha =
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

std::string list_services_question();
std::string file_containing_question(std::string_view symbol);

struct ListedServices {
  std::vector<std::string> names;  // full and dotted, at most limits::reflected_services of them
  std::uint64_t left_out = 0;      // beyond that
  std::uint64_t unreadable = 0;    // no names
};

struct ServiceMethod {
  std::string name;  // bare
  bool client_streams = false, server_streams = false;

  bool operator==(const ServiceMethod&) const = default;
};

// An error: it is no such answer, or the server says that it cannot tell. In words that may follow
// the question's name.
Result<ListedServices> read_listed_services(std::string_view answer);

// The methods of one service, of whichever of the files in the answer declares it, at most
// limits::reflected_methods. An error also if none of them does, or if its declaration is damaged.
Result<std::vector<ServiceMethod>> read_service_methods(std::string_view answer,
                                                        std::string_view service);

// Whether it may be the full name of a service, or of one of its methods: letters, digits, '_', and
// dots between them, at most limits::grpc_name_bytes.
bool is_grpc_name(std::string_view name);

}  // namespace mesh
