// What an API server says beside the objects: a Status, in place of what was asked for, and the
// frame of a list, which tells at which version the list was taken and where it goes on.
//
// Never throws, never logs, does no I/O.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace mesh {

// Why something was refused. Texts are fit to be shown: printable ASCII, and bounded.
struct KubeStatus {
  int code = 0;         // as of HTTP: 403; 0 where none was told
  std::string reason;   // "Forbidden", "Expired"; "" where none was told
  std::string message;  // "pods is forbidden: User … cannot list resource …"

  bool operator==(const KubeStatus&) const = default;
};

// Nothing is an error: what is no Status has an empty one.
KubeStatus parse_kube_status(std::string_view json);

struct KubeListFrame {
  std::string kind;              // "PodList"
  std::string resource_version;  // opaque; watching goes on from it
  std::string continue_token;    // opaque; "" at the last page
  KubeStatus status;             // where the kind is Status

  bool operator==(const KubeListFrame&) const = default;
};

// The list without its items (wire/kube_stream.h). An error for what is no JSON, has no kind, or a
// version or token that no API server writes.
Result<KubeListFrame> parse_kube_list_frame(std::string_view json);

// Opaque texts that are handed back to the server in a URL: bounded, and printable ASCII.
bool is_opaque_token(std::string_view text);

}  // namespace mesh
