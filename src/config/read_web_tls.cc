// What may stand there, and how the keys hang together; see read_web_tls.h.
#include "config/read_web_tls.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "base/nearest_word.h"
#include "config/yaml_tree.h"
#include "model/tls_names.h"

namespace mesh {
namespace {

using Kind = YamlNode::Kind;

constexpr std::array<std::string_view, 13> tls_keys{"cert",
                                                    "key",
                                                    "client_ca",
                                                    "cert_file",
                                                    "key_file",
                                                    "client_ca_file",
                                                    "client_auth_type",
                                                    "client_allowed_sans",
                                                    "min_version",
                                                    "max_version",
                                                    "cipher_suites",
                                                    "curve_preferences",
                                                    "prefer_server_cipher_suites"};

struct AuthName {
  std::string_view name;
  ClientAuth auth;
};

// RequireClientCert is what RequireAnyClientCert was called once.
constexpr std::array<AuthName, 6> auth_names{{
    {"NoClientCert", ClientAuth::none},
    {"RequestClientCert", ClientAuth::request},
    {"RequireAnyClientCert", ClientAuth::require_any},
    {"RequireClientCert", ClientAuth::require_any},
    {"VerifyClientCertIfGiven", ClientAuth::verify_if_given},
    {"RequireAndVerifyClientCert", ClientAuth::verify},
}};

template <class Table>
std::vector<std::string_view> names_of(const Table& table) {
  std::vector<std::string_view> names;
  names.reserve(table.size());
  for (const auto& entry : table) names.push_back(entry.name);
  return names;
}

// Of a table the entry of this name, which a value of `field` is; null, and a complaint, if there
// is none.
template <class Table>
const typename Table::value_type* entry_of(const Fields& fields, const Field& field,
                                           const Table& table) {
  const std::vector<std::string_view> names = names_of(table);
  const auto word = fields.text(field, one_of(names));
  if (!word || !fields.is_one_of(field, *word, names)) return nullptr;
  return &*std::ranges::find(table, std::string_view(*word), &Table::value_type::name);
}

// The text under `key` or in the file under `key`_file, whose path goes into `from`. No word of the
// text is in a complaint.
std::string read_pem(const Fields& fields, const WebReading& reading, std::string_view key,
                     std::string& from) {
  const std::string file_key = std::string(key) + "_file";
  const auto text = fields.given(key), file = fields.given(file_key);
  if (text && file) {
    fields.complain(*text, std::string("beside ") + file_key + "; expected one of them");
    return "";
  }
  if (text) {
    if (text->node->kind == Kind::scalar) return text->node->text;
    fields.complain(*text, "is no text; expected PEM");
  }
  const auto name = file ? fields.text(*file, "the path of a PEM file") : std::nullopt;
  if (!name) return "";
  from = (std::filesystem::path(reading.directory) / *name).string();
  reading.config.files.push_back(from);
  Result<std::string> content = reading.read(from);
  if (content) return std::move(*content);
  fields.complain(*file, *name, "cannot be read: " + content.error().message, "a PEM file");
  return "";
}

// The entries of a table that a list names, in its order.
template <class Table>
std::vector<const typename Table::value_type*> read_list(const Fields& fields,
                                                         const WebReading& reading,
                                                         std::string_view key, const Table& table) {
  std::vector<const typename Table::value_type*> entries;
  if (!fields.given(key)) return entries;
  const auto elements = fields.list(key, "a list of names");
  for (const Field& element : elements.value_or(std::vector<Field>{})) {
    if (reading.problems.full()) break;
    if (const auto* entry = entry_of(fields, element, table)) entries.push_back(entry);
  }
  return entries;
}

void read_versions(const Fields& fields, ServedTls& tls) {
  const auto version = [&](std::string_view key, std::uint16_t& into) {
    const auto field = fields.given(key);
    const auto* entry = field ? entry_of(fields, *field, tls_versions) : nullptr;
    if (entry) into = entry->number;
  };
  version("min_version", tls.min_version);
  version("max_version", tls.max_version);
  if (tls.min_version <= tls.max_version) return;
  const auto which = fields.given("min_version") ? "min_version" : "max_version";
  fields.complain(*fields.find(which),
                  "min_version is above max_version; expected a version that is "
                  "neither below the one nor above the other");
}

constexpr std::uint16_t tls_1_3 = 0x0304;

void read_ciphers(const Fields& fields, const WebReading& reading, ServedTls& tls) {
  const auto suites = read_list(fields, reading, "cipher_suites", tls_cipher_suites);
  for (const TlsName* suite : suites) {
    if (!suite->openssl.empty()) tls.cipher_suites.emplace_back(suite->openssl);
  }
  for (const TlsName* curve : read_list(fields, reading, "curve_preferences", tls_curves)) {
    tls.curves.emplace_back(curve->openssl);
  }
  tls.prefer_server_cipher_suites =
      fields.loose_truth("prefer_server_cipher_suites").value_or(tls.prefer_server_cipher_suites);
  // Nothing of TLS 1.2 is left, then.
  if (suites.empty() || !tls.cipher_suites.empty()) return;
  if (tls.max_version < tls_1_3) {
    fields.complain(*fields.find("cipher_suites"),
                    "has suites of TLS 1.3 only, beside a max_version below it; expected others");
  }
  tls.min_version = tls_1_3;
}

void read_clients(const Fields& fields, const WebReading& reading, ServedTls& tls) {
  if (const auto field = fields.given("client_auth_type")) {
    if (const auto* entry = entry_of(fields, *field, auth_names)) tls.client_auth = entry->auth;
  }
  tls.client_ca = read_pem(fields, reading, "client_ca", tls.client_ca_file);
  const auto sans = fields.find("client_allowed_sans");
  if (sans && sans->node->kind != Kind::null) {
    const auto elements = fields.list("client_allowed_sans", "a list of names");
    for (const Field& element : elements.value_or(std::vector<Field>{})) {
      auto name = fields.text(element, "a DNS name, an IP address, an e-mail address or a URI");
      if (name) tls.client_allowed_sans.push_back(std::move(*name));
    }
    if (elements && elements->empty()) {
      fields.complain(*sans, "an empty list lets nobody in; expected names, or no such key");
    }
  }
  const bool may_show_none =
      tls.client_auth == ClientAuth::request || tls.client_auth == ClientAuth::verify_if_given;
  if (may_show_none && !tls.client_allowed_sans.empty()) {
    fields.complain(
        *sans,
        "beside a client_auth_type that lets clients without a certificate in; expected "
        "RequireAndVerifyClientCert or RequireAnyClientCert there");
  }
  if (tls.client_auth != ClientAuth::none) return;
  for (const std::string_view key : {"client_ca", "client_ca_file", "client_allowed_sans"}) {
    const auto field = fields.given(key);
    if (!field) continue;
    fields.complain(*field,
                    "without a client_auth_type no client is asked for a certificate; expected "
                    "one, such as RequireAndVerifyClientCert");
  }
}

}  // namespace

Fields WebReading::fields(Field field, std::span<const std::string_view> known) const {
  return Fields(std::move(field), known, no_variables, problems);
}

void read_web_tls(const Field& field, const WebReading& reading) {
  const Fields fields = reading.fields(field, tls_keys);
  const bool says_something = std::ranges::any_of(
      tls_keys, [&](std::string_view key) { return fields.given(key).has_value(); });
  if (!says_something) return;
  ServedTls tls;
  tls.certificate = read_pem(fields, reading, "cert", tls.certificate_file);
  tls.key = read_pem(fields, reading, "key", tls.key_file);
  for (const std::string key : {"cert", "key"}) {
    if (fields.given(key) || fields.given(key + "_file")) continue;
    fields.complain(fields.self(), "the key \"" + key + "_file\" is missing; expected it, or \"" +
                                       key + "\" with the text itself");
  }
  read_clients(fields, reading, tls);
  read_versions(fields, tls);
  read_ciphers(fields, reading, tls);
  reading.config.tls = std::move(tls);
}

}  // namespace mesh
