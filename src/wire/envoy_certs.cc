// /certs is envoy.admin.v3.Certificates in JSON; every field is printed, defaults too.
#include "wire/envoy_certs.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/rfc3339.h"
#include "base/text.h"
#include "wire/json_fields.h"

namespace mesh {
namespace {

using simdjson::dom::element;
using Kind = SubjectAltName::Kind;

// What is not hexadecimal is no serial, and "" then.
std::string normal_serial(std::string_view hex) {
  std::string digits;
  const bool negative = hex.starts_with('-');
  if (negative) hex.remove_prefix(1);
  for (const char c : hex) {
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool is_hex = (lower >= '0' && lower <= '9') || (lower >= 'a' && lower <= 'f');
    if (!is_hex) return {};
    if (digits.empty() && lower == '0') continue;
    digits += lower;
  }
  if (hex.empty()) return {};
  if (digits.size() % 2 != 0) digits.insert(digits.begin(), '0');
  if (digits.empty()) return "00";
  return negative ? "-" + digits : digits;
}

std::vector<SubjectAltName> read_names(const element& certificate) {
  std::vector<SubjectAltName> names;
  simdjson::dom::array list;
  if (certificate["subject_alt_names"].get(list)) return names;
  constexpr std::pair<std::string_view, Kind> kinds[] = {
      {"uri", Kind::uri}, {"dns", Kind::dns}, {"ip_address", Kind::ip}};
  for (const element name : list) {
    for (const auto& [key, kind] : kinds) {
      const std::string_view text = text_in(name, key);
      if (!text.empty()) names.push_back({kind, std::string(text)});
    }
  }
  return names;
}

// Nothing without a readable end.
std::optional<Certificate> read_certificate(const element& entry, CertificateRole role) {
  const auto not_after = parse_rfc3339(text_in(entry, "expiration_time"));
  if (!not_after) return std::nullopt;
  Certificate certificate;
  certificate.role = role;
  certificate.not_before = parse_rfc3339(text_in(entry, "valid_from"));
  certificate.not_after = *not_after;
  certificate.serial = normal_serial(text_in(entry, "serial_number"));
  certificate.sans = read_names(entry);
  certificate.path = text_in(entry, "path");
  return certificate;
}

std::vector<Certificate> read_list(const element& context, std::string_view key,
                                   CertificateRole role, EnvoyCerts& into) {
  std::vector<Certificate> certificates;
  simdjson::dom::array list;
  if (context[key].get(list)) return certificates;
  for (const element entry : list) {
    std::optional<Certificate> certificate = read_certificate(entry, role);
    if (certificate) {
      certificates.push_back(std::move(*certificate));
    } else if (++into.unreadable == 1) {
      into.unreadable_sample = printable_sample(simdjson::minify(entry));
    }
  }
  return certificates;
}

}  // namespace

Result<EnvoyCerts> parse_envoy_certs(std::string_view body) {
  if (body.empty()) return Error{"certs is empty"};  // perhaps a null view: no memcpy from it
  simdjson::dom::parser parser;
  element root;
  // Copies the body into a padded buffer of its own: a view has no room behind it.
  if (const auto error = parser.parse(body.data(), body.size()).get(root)) {
    return Error{std::string("certs is no JSON: ") + simdjson::error_message(error)};
  }
  if (!root.is_object()) return Error{"certs is no JSON object"};
  EnvoyCerts certs;
  element field;
  if (root["certificates"].get(field)) return certs;
  simdjson::dom::array contexts;
  if (field.get(contexts)) return Error{"certs: `certificates` is no array"};
  for (const element context : contexts) {
    certs.contexts.push_back({read_list(context, "cert_chain", CertificateRole::leaf, certs),
                              read_list(context, "ca_cert", CertificateRole::root, certs)});
  }
  return certs;
}

}  // namespace mesh
