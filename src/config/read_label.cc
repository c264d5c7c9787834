// Texts that become label values: they are shown in lists and logs.
#include "config/read_label.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"
#include "config/yaml_tree.h"

namespace mesh {
namespace {

constexpr std::size_t longest_name = 253;  // of Kubernetes' names; workloads keep to it, too

// YAML reads these as no strings; what was meant by them cannot be known. (Plain numbers are taken
// by their letters: there is only one way to mean them.)
bool is_no_string(const YamlNode& node) {
  static constexpr std::array<std::string_view, 6> truths{"true",  "True",  "TRUE",
                                                          "false", "False", "FALSE"};
  if (node.kind == YamlNode::Kind::null) return !node.text.empty();
  return node.plain && std::ranges::find(truths, node.text) != truths.end();
}

}  // namespace

std::optional<std::string> read_label(const Fields& fields, std::string_view key) {
  const std::string expected = "one line of up to 253 bytes";
  if (const auto field = fields.find(key); field && is_no_string(*field->node)) {
    fields.complain(*field, field->node->text, "is no string to YAML", "a string; quote it");
    return std::nullopt;
  }
  auto text = fields.text(key, expected);
  if (!text) return std::nullopt;
  bool printable = true;
  for (std::string_view rest = *text; !rest.empty();) {
    const Utf8Char c = first_utf8_char(rest);
    printable = printable && c.valid && is_printable(c.code_point);
    rest.remove_prefix(c.bytes);
  }
  std::string_view wrong;
  if (text->size() > longest_name) wrong = "is too long";
  if (!printable) wrong = "has characters that cannot be shown";
  if (text->starts_with(' ') || text->ends_with(' ')) wrong = "begins or ends with a space";
  if (wrong.empty()) return text;
  fields.complain(*fields.find(key), *text, wrong, expected);
  return std::nullopt;
}

std::optional<std::string> read_name(const Fields& fields, std::string_view key) {
  auto text = read_label(fields, key);
  if (!text || text->find('/') == std::string::npos) return text;
  fields.complain(*fields.find(key), *text, "has a slash", "a name without one");
  return std::nullopt;
}

}  // namespace mesh
