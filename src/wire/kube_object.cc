// The documents around an object: it alone, and the event of a watch; see kube_object.h.
#include "wire/kube_object.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "base/wipe.h"
#include "wire/json_fields.h"
#include "wire/kube_fields.h"
#include "wire/kube_name.h"
#include "wire/kube_status_fields.h"

namespace mesh {

using simdjson::dom::element;

namespace {

// A parser that once read a huge object has as much memory ever after; such a one is not kept.
constexpr std::size_t ordinary_bytes = 256 * 1024;

constexpr std::array<std::pair<std::string_view, KubeChange>, 5> types{{
    {"ADDED", KubeChange::added},
    {"MODIFIED", KubeChange::modified},
    {"DELETED", KubeChange::deleted},
    {"BOOKMARK", KubeChange::bookmark},
    {"ERROR", KubeChange::error},
}};

template <class Object>
Result<KubeEvent<Object>> event_in(const element& root) {
  const std::string_view type = text_in(root, "type");
  const auto found = std::ranges::find(types, type, &decltype(types)::value_type::first);
  if (found == types.end()) return Error{"event: of the type \"" + printable_sample(type) + "\""};
  element json;
  if (root["object"].get(json) || !json.is_object()) return Error{"event: has no object"};
  KubeEvent<Object> event;
  event.change = found->second;
  if (event.change == KubeChange::error) {
    event.status = kube_status_in(json);
    return event;
  }
  element metadata;
  if (!json["metadata"].get(metadata) && metadata.is_object()) {
    event.resource_version = text_in(metadata, "resourceVersion");
  }
  const std::string& version = event.resource_version;
  if (version.empty() || !is_opaque_token(version)) {
    return Error{"event: has no proper resourceVersion"};
  }
  if (event.change == KubeChange::bookmark) return event;
  Result<Object> object = object_in<Object>(json);
  if (!object) return object.error();
  event.object = std::move(*object);
  return event;
}

}  // namespace

Result<KubeIdentity> kube_identity_in(const element& json, std::string_view kind) {
  const std::string_view told = text_in(json, "kind");
  if (!told.empty() && told != kind) return Error{"of the kind \"" + printable_sample(told) + "\""};
  KubeIdentity who;
  const bool has_metadata = !json["metadata"].get(who.metadata) && who.metadata.is_object();
  if (has_metadata) {
    who.ns = text_in(who.metadata, "namespace");
    who.name = text_in(who.metadata, "name");
  }
  std::string words(kind);
  if (!is_kube_name(who.name, longest_kube_name)) {
    return Error{words.append(" without a proper name")};
  }
  if (!is_kube_name(who.ns, longest_kube_namespace)) {
    return Error{words.append(" ").append(who.name).append(" has no proper namespace")};
  }
  return who;
}

// Both buffers that hold the text are known here, so that they can be wiped: the copy that is read
// and the parser's strings.
template <class Object>
struct KubeReader<Object>::Parser {
  template <class T>
  Result<T> read(std::string_view json, Result<T> (*what)(const element& root)) {
    if (json.empty()) return Error{"no JSON: empty"};  // perhaps a null view: no memcpy from it
    text.resize(json.size() + simdjson::SIMDJSON_PADDING);
    std::memcpy(text.data(), json.data(), json.size());
    element root;
    Result<T> result = Error{"no JSON object"};
    const auto error = parser.parse(text.data(), json.size(), false).get(root);
    if (error) {
      result = Error{std::string("no JSON: ") + simdjson::error_message(error)};
    } else if (root.is_object()) {
      result = what(root);
    }
    forget(json.size());
    return result;
  }

  // The parser has room for 5/3 of the text's bytes at least: an empty string of three has five.
  void forget(std::size_t bytes) {
    if (parser.doc.capacity() >= bytes) {
      explicit_bzero(parser.doc.string_buf.get(), 5 * bytes / 3 + simdjson::SIMDJSON_PADDING);
    }
    explicit_bzero(text.data(), text.size());
    if (bytes <= ordinary_bytes) return;
    parser = simdjson::dom::parser();
    text = WipedText();
  }

  simdjson::dom::parser parser;
  WipedText text;
};

template <class Object>
KubeReader<Object>::KubeReader() : parser_(std::make_unique<Parser>()) {}
template <class Object>
KubeReader<Object>::~KubeReader() = default;
template <class Object>
KubeReader<Object>::KubeReader(KubeReader&&) noexcept = default;
template <class Object>
KubeReader<Object>& KubeReader<Object>::operator=(KubeReader&&) noexcept = default;

template <class Object>
Result<Object> KubeReader<Object>::read(std::string_view json) {
  return parser_->read(json, object_in<Object>);
}

template <class Object>
Result<KubeEvent<Object>> KubeReader<Object>::read_event(std::string_view json) {
  return parser_->read(json, event_in<Object>);
}

template class KubeReader<Pod>;
template class KubeReader<EndpointSlice>;
template class KubeReader<KubeSecret>;

}  // namespace mesh
