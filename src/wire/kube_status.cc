// Both are small documents, read whole; see kube_status.h.
#include "wire/kube_status.h"

#include <algorithm>

#include "base/text.h"
#include "wire/json_fields.h"
#include "wire/kube_status_fields.h"

namespace mesh {
namespace {

using simdjson::dom::element;

// etcd's continue tokens have some 200 bytes, with a start key of 253 at the most.
constexpr std::size_t longest_token = 2048;
constexpr std::size_t longest_message = 512;

}  // namespace

bool is_opaque_token(std::string_view text) {
  return text.size() <= longest_token &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

KubeStatus kube_status_in(const element& object) {
  KubeStatus status;
  if (!object.is_object()) return status;
  const auto code = number_in(object, "code", 0);
  if (code && *code <= 999) status.code = static_cast<int>(*code);
  status.reason = printable_sample(text_in(object, "reason"));
  status.message = printable_sample(text_in(object, "message"), longest_message);
  return status;
}

KubeStatus parse_kube_status(std::string_view json) {
  if (json.empty()) return {};  // perhaps a null view: no memcpy from it
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(json.data(), json.size()).get(root) || !root.is_object()) return {};
  return text_in(root, "kind") == "Status" ? kube_status_in(root) : KubeStatus{};
}

Result<KubeListFrame> parse_kube_list_frame(std::string_view json) {
  if (json.empty()) return Error{"list: empty"};
  simdjson::dom::parser parser;
  element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root)) {
    return Error{std::string("list: no JSON: ") + simdjson::error_message(error)};
  }
  if (!root.is_object()) return Error{"list: no JSON object"};
  KubeListFrame frame;
  frame.kind = printable_sample(text_in(root, "kind"));
  if (frame.kind.empty()) return Error{"list: has no kind"};
  if (frame.kind == "Status") frame.status = kube_status_in(root);
  element metadata;
  if (root["metadata"].get(metadata) || !metadata.is_object()) return frame;
  frame.resource_version = text_in(metadata, "resourceVersion");
  frame.continue_token = text_in(metadata, "continue");
  if (!is_opaque_token(frame.resource_version)) return Error{"list: has a bad resourceVersion"};
  if (!is_opaque_token(frame.continue_token)) return Error{"list: has a bad continue token"};
  return frame;
}

}  // namespace mesh
