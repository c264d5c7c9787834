// The documents around a Pod: the object alone, and the event of a watch; see kube_pod_fields.cc.
#include "wire/kube_pod.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "wire/json_fields.h"
#include "wire/kube_pod_fields.h"
#include "wire/kube_status_fields.h"

namespace mesh {

using simdjson::dom::element;

namespace {

// A parser that once read a huge object has as much memory ever after; such a one is not kept.
constexpr std::size_t ordinary_bytes = 256 * 1024;

constexpr std::array<std::pair<std::string_view, PodEvent::Kind>, 5> types{{
    {"ADDED", PodEvent::Kind::added},
    {"MODIFIED", PodEvent::Kind::modified},
    {"DELETED", PodEvent::Kind::deleted},
    {"BOOKMARK", PodEvent::Kind::bookmark},
    {"ERROR", PodEvent::Kind::error},
}};

Result<PodEvent> event_in(const element& root) {
  const std::string_view type = text_in(root, "type");
  const auto found = std::ranges::find(types, type, &decltype(types)::value_type::first);
  if (found == types.end()) return Error{"event: of the type \"" + printable_sample(type) + "\""};
  element object;
  if (root["object"].get(object) || !object.is_object()) return Error{"event: has no object"};
  PodEvent event;
  event.kind = found->second;
  if (event.kind == PodEvent::Kind::error) {
    event.status = kube_status_in(object);
    return event;
  }
  element metadata;
  if (!object["metadata"].get(metadata) && metadata.is_object()) {
    event.resource_version = text_in(metadata, "resourceVersion");
  }
  const std::string& version = event.resource_version;
  if (version.empty() || !is_opaque_token(version)) {
    return Error{"event: has no proper resourceVersion"};
  }
  if (event.kind == PodEvent::Kind::bookmark) return event;
  Result<Pod> pod = pod_in(object);
  if (!pod) return pod.error();
  event.pod = std::move(*pod);
  return event;
}

}  // namespace

struct KubePodReader::Parser {
  template <class T>
  Result<T> read(std::string_view json, Result<T> (*what)(const element& root)) {
    if (json.empty()) return Error{"no JSON: empty"};  // perhaps a null view: no memcpy from it
    element root;
    Result<T> result = Error{"no JSON object"};
    if (const auto error = parser.parse(json.data(), json.size()).get(root)) {
      result = Error{std::string("no JSON: ") + simdjson::error_message(error)};
    } else if (root.is_object()) {
      result = what(root);
    }
    if (parser.capacity() > ordinary_bytes) parser = simdjson::dom::parser();
    return result;
  }

  simdjson::dom::parser parser;
};

KubePodReader::KubePodReader() : parser_(std::make_unique<Parser>()) {}
KubePodReader::~KubePodReader() = default;
KubePodReader::KubePodReader(KubePodReader&&) noexcept = default;
KubePodReader& KubePodReader::operator=(KubePodReader&&) noexcept = default;

Result<Pod> KubePodReader::read_pod(std::string_view json) { return parser_->read(json, pod_in); }

Result<PodEvent> KubePodReader::read_event(std::string_view json) {
  return parser_->read(json, event_in);
}

}  // namespace mesh
