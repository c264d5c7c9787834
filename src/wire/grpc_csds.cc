// From the messages of the client status discovery service to values; see grpc_csds.h.
#include "wire/grpc_csds.h"

#include <messages/csds.pb.h>

#include <array>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "wire/grpc_parse.h"
#include "wire/proto_walk.h"

namespace mesh {
namespace {

const Error no_answer{"the answer is none of the client status discovery service"};

template <std::size_t size>
ConfigStatus status_of(int told, const std::array<ConfigStatus, size>& numbers) {
  const bool known = told >= 0 && static_cast<std::size_t>(told) < size;
  return known ? numbers[static_cast<std::size_t>(told)] : ConfigStatus::unknown;
}

// envoy.admin.v3.ClientResourceStatus
ConfigStatus of_resource(int told) {
  using enum ConfigStatus;
  return status_of(
      told, std::array{unknown, requested, does_not_exist, acked, nacked, received_error, timeout});
}
// envoy.service.status.v3.ClientConfigStatus
ConfigStatus of_client(int told) {
  using enum ConfigStatus;
  return status_of(told, std::array{unknown, requested, acked, nacked, received_error});
}
// envoy.service.status.v3.ConfigStatus
ConfigStatus of_control_plane(int told) {
  using enum ConfigStatus;
  return status_of(told, std::array{unknown, synced, not_sent, stale, error});
}

// The client's word where there is one, for it is the more exact.
ConfigStatus first_known(ConfigStatus first, ConfigStatus second) {
  return first == ConfigStatus::unknown ? second : first;
}

// Whether one more is read; counts what is not. What was read in vain counts, too: an answer may be
// nothing but empty elements.
bool has_place(ClientStatus& status) {
  if (status.resources.size() + status.unreadable < limits::config_resources_per_target) {
    return true;
  }
  ++status.left_out;
  return false;
}

void tell_failure(const grpc_messages::UpdateFailureState& told, XdsResource& resource) {
  resource.refused_version = printable_sample(told.version_info());
  resource.details = printable_sample(told.details(), limits::csds_details_bytes);
}

std::string name_of(std::string_view name) {
  return printable_sample(name, limits::grpc_name_bytes);
}

void read_generic(std::string_view bytes, const std::string& client, ClientStatus& status) {
  if (!has_place(status)) return;
  grpc_messages::GenericXdsConfig told;
  std::string_view type;
  if (parse_message(bytes, told)) type = told.type_url();
  type.remove_prefix(type.find('/') == std::string_view::npos ? 0 : type.find('/') + 1);
  if (type.empty()) {
    ++status.unreadable;
    return;
  }
  XdsResource& resource = status.resources.emplace_back();
  resource.type = printable_sample(type);
  resource.name = name_of(told.name());
  resource.version = printable_sample(told.version_info());
  resource.status =
      first_known(of_resource(told.client_status()), of_control_plane(told.config_status()));
  tell_failure(told.error_state(), resource);
  resource.client = client;
}

// ---- the older form ----

// One element of a dump. False: it is none.
bool read_element(std::string_view bytes, bool is_listener, XdsResource& resource) {
  if (is_listener) {
    grpc_messages::DumpedListener told;
    if (!parse_message(bytes, told)) return false;
    resource.name = name_of(told.name());
    resource.version = printable_sample(told.active_state().version_info());
    resource.status = of_resource(told.client_status());
    tell_failure(told.error_state(), resource);
    return true;
  }
  grpc_messages::DumpedResource told;
  if (!parse_message(bytes, told)) return false;
  resource.name = name_of(told.resource().value().name());
  resource.version = printable_sample(told.version_info());
  resource.status = of_resource(told.client_status());
  tell_failure(told.error_state(), resource);
  return true;
}

struct Dump {
  int field;  // of PerXdsConfig
  std::string_view type;
  std::array<int, 2> elements;  // fields with what was brought by xDS; 0: no more
  bool tells_version;           // of all together
};
constexpr std::array dumps{
    Dump{2, "envoy.config.listener.v3.Listener", {3, 0}, true},
    Dump{3, "envoy.config.cluster.v3.Cluster", {3, 4}, true},
    Dump{4, "envoy.config.route.v3.RouteConfiguration", {3, 0}, false},
    Dump{5, "envoy.config.route.v3.ScopedRouteConfiguration", {0, 0}, false},
    Dump{6, "envoy.config.endpoint.v3.ClusterLoadAssignment", {3, 0}, false},
};

// `whole` has what is said of the kind as a whole, which holds where an element says nothing.
bool read_dump(std::string_view bytes, const Dump& dump, XdsResource whole, ClientStatus& status) {
  if (!has_place(status)) return true;
  grpc_messages::DumpVersion version;
  if (dump.tells_version && parse_message(bytes, version)) {
    whole.version = printable_sample(version.version_info());
  }
  bool has_elements = false;
  const auto read = [&](std::string_view element) {
    has_elements = true;
    if (!has_place(status)) return;
    XdsResource one;
    if (!read_element(element, dump.field == 2, one)) {
      ++status.unreadable;
      return;
    }
    one.type = whole.type;
    one.client = whole.client;
    one.status = first_known(one.status, whole.status);
    if (one.version.empty()) one.version = whole.version;
    status.resources.push_back(std::move(one));
  };
  bool readable = true;
  for (const int field : dump.elements) {
    if (field != 0) readable = walk_messages(bytes, {field}, read) && readable;
  }
  if (!has_elements) status.resources.push_back(std::move(whole));
  return readable;
}

bool read_kind(std::string_view bytes, const std::string& client, ClientStatus& status) {
  if (!has_place(status)) return true;
  grpc_messages::PerXdsConfig told;
  if (!parse_message(bytes, told)) {
    ++status.unreadable;
    return true;
  }
  bool readable = true, has_dump = false;
  for (const Dump& dump : dumps) {
    XdsResource whole;
    whole.type = dump.type;
    whole.client = client;
    whole.status = first_known(of_client(told.client_status()), of_control_plane(told.status()));
    const auto read = [&](std::string_view content) {
      has_dump = true;
      readable = read_dump(content, dump, whole, status) && readable;
    };
    readable = walk_messages(bytes, {dump.field}, read) && readable;
  }
  if (!has_dump) ++status.unreadable;
  return readable;
}

bool read_config(std::string_view bytes, ClientStatus& status) {
  grpc_messages::ClientConfig told;
  if (!parse_message(bytes, told)) return false;
  const std::string client = name_of(told.node().id());
  bool readable = true;
  bool has_generic = false;
  const auto generic = [&](std::string_view one) {
    has_generic = true;
    read_generic(one, client, status);
  };
  readable = walk_messages(bytes, {3}, generic);
  // Who fills both fills them with the same.
  if (has_generic) return readable;
  const auto kind = [&](std::string_view one) {
    readable = read_kind(one, client, status) && readable;
  };
  return walk_messages(bytes, {2}, kind) && readable;
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
  std::size_t clients = 0;
  const auto config = [&](std::string_view bytes) {
    if (++clients > limits::config_resources_per_target) {
      ++status.left_out;
    } else {
      readable = read_config(bytes, status) && readable;
    }
  };
  const bool whole = walk_messages(answer, {1}, config);
  if (!whole || !readable) return no_answer;
  return status;
}

}  // namespace mesh
