// Opt-in, because it takes a permission that few agents should have; see read_secrets.h.
#include "config/read_secrets.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/check_pattern.h"
#include "config/read_issuer.h"

namespace mesh {
namespace {

constexpr std::array<std::string_view, 5> secrets_keys{"enabled", "namespaces", "selector",
                                                       "issuer", "rotation_point"};
constexpr std::size_t longest_namespace = 63;  // RFC 1123

bool is_namespace(std::string_view name) {
  const bool letters = std::ranges::all_of(
      name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  return letters && !name.empty() && name.size() <= longest_namespace && name.front() != '-' &&
         name.back() != '-';
}

std::optional<bool> read_truth(const Fields& fields, std::string_view key) {
  const auto text = fields.text(key, "true or false");
  if (!text) return std::nullopt;
  if (*text == "true" || *text == "false") return *text == "true";
  fields.complain(*fields.find(key), *text, "is no truth", "true or false");
  return std::nullopt;
}

void read_namespaces(const Fields& fields, const Reading& reading, SecretsConfig& secrets) {
  if (!fields.has("namespaces")) return;
  const auto elements = fields.list("namespaces", "a list of namespaces");
  if (!elements) return;
  for (const Field& element : *elements) {
    if (reading.problems.full()) return;
    auto name = fields.text(element, "the name of a namespace");
    if (!name) continue;
    if (!is_namespace(*name)) {
      fields.complain(element, *name, "is no namespace",
                      "up to 63 lower-case letters, digits and hyphens");
    } else if (std::ranges::find(secrets.namespaces, *name) != secrets.namespaces.end()) {
      fields.complain(element, *name, "is there already", "each namespace once");
    } else {
      secrets.namespaces.push_back(std::move(*name));
    }
  }
}

}  // namespace

void read_secrets(const Field& field, const Reading& reading) {
  const Fields fields = reading.fields(field, secrets_keys);
  SecretsConfig& secrets = reading.config.certificates.secrets;
  secrets.enabled = read_truth(fields, "enabled").value_or(secrets.enabled);
  read_namespaces(fields, reading, secrets);
  secrets.selector = fields.text("selector", "a label selector such as app=users").value_or("");
  const std::string_view wrong = wrong_with_selector(secrets.selector);
  if (!wrong.empty()) {
    fields.complain(*fields.find("selector"), secrets.selector, wrong,
                    "a label selector such as app=users,tier in (a, b)");
  }
  secrets.issuer = read_issuer(fields, reading);
  secrets.rotation_point = fields.share("rotation_point");
  if (!secrets.enabled) return;
  const Field enabled = *fields.find("enabled");
  reading.warnings.add(enabled.at, "warning: " + enabled.path +
                                       ": nothing reads Secrets yet: the agent does not speak "
                                       "with the API server, and no Secret will be shown");
}

}  // namespace mesh
