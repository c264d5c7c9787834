// Paths and pairs of them; see read_client_files.h.
#include "config/read_client_files.h"

#include "base/nearest_word.h"
#include "config/read_scope.h"
#include "config/yaml_tree.h"

namespace mesh {

bool is_entry(const Fields& fields, const Field& field, std::span<const std::string_view> keys) {
  if (field.node->kind == YamlNode::Kind::null) {
    fields.complain(field, "no value; expected the keys " + one_of(keys));
  }
  return field.node->kind == YamlNode::Kind::map;
}

std::string read_file_path(const Fields& fields, std::string_view key, std::string_view expected) {
  const auto path = fields.text(key, expected);
  if (!path || !path->empty()) return read_absolute_path(fields, key, expected);
  fields.complain(*fields.find(key), *path, "is empty", "a path that begins with a slash");
  return "";
}

void read_client_files(const Fields& fields, std::string& certificate, std::string& key) {
  constexpr std::string_view expected = "the absolute path of a PEM file";
  certificate = read_file_path(fields, "client_certificate", expected);
  key = read_file_path(fields, "client_key", expected);
  if (fields.has("client_certificate") == fields.has("client_key")) return;
  const bool no_key = fields.has("client_certificate");
  fields.complain(*fields.find(no_key ? "client_certificate" : "client_key"),
                  no_key ? "without client_key; expected both or none"
                         : "without client_certificate; expected both or none");
}

}  // namespace mesh
