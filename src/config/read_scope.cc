// What cannot be a name or a selector is told at the start, and not by a server at 2 AM.
#include "config/read_scope.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "config/check_pattern.h"

namespace mesh {
namespace {

constexpr std::size_t longest_namespace = 63;  // RFC 1123

bool is_namespace(std::string_view name) {
  const bool letters = std::ranges::all_of(
      name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  return letters && !name.empty() && name.size() <= longest_namespace && name.front() != '-' &&
         name.back() != '-';
}

}  // namespace

std::string read_absolute_path(const Fields& fields, std::string_view key,
                               std::string_view expected) {
  const auto file = fields.text(key, expected);
  if (file && !file->empty() && !file->starts_with('/')) {
    fields.complain(*fields.find(key), *file, "is not absolute", "a path that begins with a slash");
  }
  return file.value_or("");
}

std::string read_kubeconfig_path(const Fields& fields) {
  return read_absolute_path(fields, "kubeconfig", "the absolute path of a kubeconfig");
}

std::vector<std::string> read_namespaces(const Fields& fields, const Reading& reading) {
  std::vector<std::string> namespaces;
  if (!fields.has("namespaces")) return namespaces;
  const auto elements = fields.list("namespaces", "a list of namespaces");
  if (!elements) return namespaces;
  for (const Field& element : *elements) {
    if (reading.problems.full()) break;
    auto name = fields.text(element, "the name of a namespace");
    if (!name) continue;
    if (!is_namespace(*name)) {
      fields.complain(element, *name, "is no namespace",
                      "up to 63 lower-case letters, digits and hyphens");
    } else if (std::ranges::find(namespaces, *name) != namespaces.end()) {
      fields.complain(element, *name, "is there already", "each namespace once");
    } else {
      namespaces.push_back(std::move(*name));
    }
  }
  return namespaces;
}

std::string read_selector(const Fields& fields) {
  std::string selector = fields.text("selector", "a label selector such as app=users").value_or("");
  const std::string_view wrong = wrong_with_selector(selector);
  if (!wrong.empty()) {
    fields.complain(*fields.find("selector"), selector, wrong,
                    "a label selector such as app=users,tier in (a, b)");
  }
  return selector;
}

}  // namespace mesh
