// From messages of reflection and descriptors to names; see grpc_reflection.h.
#include "wire/grpc_reflection.h"

#include <messages/file_descriptor.pb.h>
#include <messages/reflection.pb.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/quoted.h"
#include "base/text.h"
#include "wire/grpc_code.h"
#include "wire/grpc_parse.h"
#include "wire/proto_walk.h"

namespace mesh {
namespace {

constexpr std::string_view no_answer = "the answer is none of reflection";

// Of an answer are read so many: a service's file and what it imports, some dozens.
constexpr std::size_t most_files = 10'000;

// What the server says instead of an answer, in words; nothing if it answers.
std::optional<Error> refusal_in(std::string_view answer) {
  grpc_messages::ServerReflectionResponse response;
  if (!parse_message(answer, response)) return Error{std::string(no_answer)};
  if (!response.has_error_response()) return std::nullopt;
  const auto& refusal = response.error_response();
  const auto code = grpc_code_name(std::to_string(refusal.error_code()));
  std::string words("the server answers ");
  words.append(code.value_or(other_grpc_code));
  if (!refusal.error_message().empty()) words += ": " + in_quotes(refusal.error_message());
  return Error{std::move(words)};
}

// False for what cannot be read as the methods of a service.
bool read_methods(std::string_view service, std::vector<ServiceMethod>& methods) {
  bool readable = true;
  const bool whole = walk_messages(service, {2}, [&](std::string_view bytes) {
    grpc_messages::DeclaredMethod method;
    const bool fits = methods.size() < limits::reflected_methods;
    if (!fits || !parse_message(bytes, method) || !is_grpc_name(method.name())) {
      readable = false;
    } else {
      methods.push_back({method.name(), method.client_streaming(), method.server_streaming()});
    }
  });
  return whole && readable;
}

// The declaration of the service within one file; nothing if it is not in there. The package is
// taken off the wanted name and not put before each declared one: either may fill the answer.
std::optional<std::string_view> declaration_in(std::string_view file, std::string_view wanted) {
  grpc_messages::DeclaredFile declared;
  if (!parse_message(file, declared)) return std::nullopt;
  const bool is_its = declared.package().empty() ||
                      (take_front(wanted, declared.package()) && take_front(wanted, "."));
  if (!is_its) return std::nullopt;
  std::optional<std::string_view> found;
  walk_messages(file, {6}, [&](std::string_view bytes) {
    grpc_messages::DeclaredService service;
    if (!found && parse_message(bytes, service) && service.name() == wanted) found = bytes;
  });
  return found;
}

}  // namespace

std::string list_services_question() {
  grpc_messages::ServerReflectionRequest request;
  request.set_list_services("*");
  return request.SerializeAsString();
}

std::string file_containing_question(std::string_view symbol) {
  grpc_messages::ServerReflectionRequest request;
  request.set_file_containing_symbol(std::string(symbol));
  return request.SerializeAsString();
}

Result<ListedServices> read_listed_services(std::string_view answer) {
  if (auto refusal = refusal_in(answer)) return *std::move(refusal);
  ListedServices listed;
  bool is_list = false;
  const bool whole = walk_messages(answer, {6}, [&](std::string_view list) {
    is_list = walk_messages(list, {1}, [&](std::string_view bytes) {
      grpc_messages::ServiceResponse service;
      if (!parse_message(bytes, service) || !is_grpc_name(service.name())) {
        ++listed.unreadable;
      } else if (listed.names.size() < limits::reflected_services) {
        listed.names.push_back(service.name());
      } else {
        ++listed.left_out;
      }
    });
  });
  if (!whole || !is_list) return Error{std::string(no_answer)};
  return listed;
}

Result<std::vector<ServiceMethod>> read_service_methods(std::string_view answer,
                                                        std::string_view service) {
  if (auto refusal = refusal_in(answer)) return *std::move(refusal);
  std::optional<std::string_view> declaration;
  std::size_t files = 0;
  const bool whole = walk_messages(answer, {4, 1}, [&](std::string_view file) {
    if (!declaration && ++files <= most_files) declaration = declaration_in(file, service);
  });
  if (!whole) return Error{std::string(no_answer)};
  if (!declaration) return Error{"no descriptor in the answer declares it"};
  std::vector<ServiceMethod> methods;
  if (!read_methods(*declaration, methods)) return Error{"its descriptor is damaged"};
  return methods;
}

bool is_grpc_name(std::string_view name) {
  if (name.empty() || name.size() > limits::grpc_name_bytes) return false;
  if (name.front() == '.' || name.back() == '.') return false;
  return name.find("..") == std::string_view::npos && std::ranges::all_of(name, [](char c) {
           const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
           return letter || (c >= '0' && c <= '9') || c == '_' || c == '.';
         });
}

}  // namespace mesh
