// From the messages of the client status discovery service to values; see grpc_csds.h.
#include "wire/grpc_csds.h"

#include <messages/csds.pb.h>

#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "wire/grpc_parse.h"
#include "wire/proto_walk.h"

namespace mesh {
namespace {

const Error no_answer{"the answer is none of the client status discovery service"};

XdsStatus status_of(int told) {
  const bool known = told >= 0 && told <= static_cast<int>(XdsStatus::timeout);
  return known ? static_cast<XdsStatus>(told) : XdsStatus::unknown;
}

void read_resource(std::string_view bytes, ClientStatus& status) {
  grpc_messages::GenericXdsConfig told;
  std::string_view type;
  if (parse_message(bytes, told)) type = told.type_url();
  type.remove_prefix(type.find('/') == std::string_view::npos ? 0 : type.find('/') + 1);
  if (type.empty()) {
    ++status.unreadable;
    return;
  }
  if (status.resources.size() >= limits::config_resources_per_target) {
    ++status.left_out;
    return;
  }
  status.resources.push_back(
      {printable_sample(type), printable_sample(told.name(), limits::grpc_name_bytes),
       printable_sample(told.version_info()), status_of(told.client_status()),
       printable_sample(told.error_state().version_info()),
       printable_sample(told.error_state().details(), limits::csds_details_bytes)});
}

}  // namespace

std::string csds_question() {
  grpc_messages::ClientStatusRequest request;
  request.set_exclude_resource_contents(true);
  return request.SerializeAsString();
}

Result<ClientStatus> read_client_status(std::string_view answer) {
  ClientStatus status;
  bool readable = true;
  const bool whole = walk_messages(answer, {1}, [&](std::string_view bytes) {
    grpc_messages::ClientConfig client;
    if (!parse_message(bytes, client)) {
      readable = false;
      return;
    }
    if (status.node_id.empty()) {
      status.node_id = printable_sample(client.node().id(), limits::grpc_name_bytes);
    }
    readable = walk_messages(bytes, {3},
                             [&](std::string_view resource) { read_resource(resource, status); }) &&
               readable;
  });
  if (!whole || !readable) return no_answer;
  return status;
}

}  // namespace mesh
