// Names and types decide first; then a value streams through base64 into a PemReader.
#include "wire/kube_secret.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/base64.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/wipe.h"
#include "wire/json_fields.h"
#include "wire/kube_name.h"
#include "wire/pem.h"
#include "wire/x509.h"

namespace mesh {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// Decoded at once, so that no more than this of what may be a key exists in the clear.
constexpr std::size_t piece_bytes = 4096;

bool is_about_something_else(std::string_view type) {
  constexpr std::array<std::string_view, 6> types = {"kubernetes.io/service-account-token",
                                                     "bootstrap.kubernetes.io/token",
                                                     "kubernetes.io/dockerconfigjson",
                                                     "kubernetes.io/dockercfg",
                                                     "kubernetes.io/basic-auth",
                                                     "kubernetes.io/ssh-auth"};
  return type.starts_with("helm.sh/") || std::ranges::find(types, type) != types.end();
}

// "tls.key", "ca-key.pem", "private.pem"; not "keycloak.crt".
bool calls_itself_a_key(std::string_view key) {
  constexpr std::array<std::string_view, 5> words = {"key", "keys", "privkey", "private",
                                                     "privatekey"};
  while (!key.empty()) {
    const std::size_t end = std::min(key.find_first_of(".-_"), key.size());
    std::string word(key.substr(0, end));
    for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (std::ranges::find(words, word) != words.end()) return true;
    key.remove_prefix(std::min(end + 1, key.size()));
  }
  return false;
}

bool holds_certificates(std::string_view key, std::string_view type) {
  if (key == "tls.crt" || key == "ca.crt") return true;
  const bool plain = type.empty() || type == "Opaque" || type == "kubernetes.io/tls";
  return plain && (key.ends_with(".crt") || key.ends_with(".pem"));
}

// One value of `data`.
class ValueReader : private PemSink {
 public:
  ValueReader(KubeSecret& secret, std::string_view key) : secret_(secret), key_(key) {}

  void read(std::string_view base64) {
    Base64Decoder decoder;
    PemReader pem(*this);
    std::string piece;
    bool good = true;
    for (; good && !base64.empty(); base64.remove_prefix(std::min(piece_bytes, base64.size()))) {
      good = decoder.feed(base64.substr(0, piece_bytes), piece);
      empty_ = empty_ && piece.empty();
      pem.feed(piece);
      wipe(piece);
    }
    good = good && decoder.complete();
    if (good) pem.finish();
    if (!good) {
      add_unreadable("bad base64");
    } else if (!found_ && !empty_) {
      add_unreadable("no certificate");
    }
    if (!held_.empty()) secret_.held.push_back(std::move(held_));
  }

 private:
  void add_unreadable(const std::string& why) {
    found_ = true;
    if (secret_.unreadable++ > 0) return;
    secret_.unreadable_sample =
        secret_.ns + "/" + secret_.name + ": " + printable_sample(key_) + ": " + why;
  }

  void on_certificate(std::string_view der, std::uint64_t line) override {
    found_ = true;
    if (held_.size() == limits::certificates_per_place) {
      return add_unreadable("more than " + std::to_string(held_.size()) + " certificates");
    }
    Result<Certificate> certificate = parse_x509(der);
    if (!certificate) {
      return add_unreadable("line " + std::to_string(line) + ": " + certificate.error().message);
    }
    certificate->path = key_;
    held_.push_back(std::move(*certificate));
  }
  void on_private_key() override {
    found_ = true;
    ++secret_.private_keys;
  }
  void on_other_block(std::string_view) override {}
  void on_unreadable(std::uint64_t line, const std::string& why) override {
    add_unreadable("line " + std::to_string(line) + ": " + why);
  }

  KubeSecret& secret_;
  std::string key_;
  HeldTogether held_;
  bool found_ = false;  // a certificate or a key, or something was said
  bool empty_ = true;
};

void read_data(const object& data, std::string_view type, KubeSecret& secret) {
  for (const auto& [key, value] : data) {
    if (calls_itself_a_key(key)) {
      ++secret.private_keys;
      continue;
    }
    if (!holds_certificates(key, type)) continue;
    std::string_view base64;
    // What is no text is told as bad base64.
    if (value.get(base64)) base64 = "?";
    ValueReader(secret, key).read(base64);
  }
}

class ListReader {
 public:
  void read_item(const element& item, std::size_t number) {
    element metadata;
    std::string_view ns, name;
    if (!item["metadata"].get(metadata)) {
      ns = text_in(metadata, "namespace");
      name = text_in(metadata, "name");
    }
    const std::string_view kind = text_in(item, "kind");
    if (!kind.empty() && kind != "Secret") return add_unreadable(number, "is no Secret");
    if (!is_kube_name(name, longest_kube_name)) return add_unreadable(number, "has no proper name");
    if (!is_kube_name(ns, longest_kube_namespace)) {
      return add_unreadable(number, "has no proper namespace");
    }
    const std::string_view type = text_in(item, "type");
    object data;
    if (is_about_something_else(type) || item["data"].get(data)) {
      ++read_.skipped;
      return;
    }
    if (read_.secrets.size() >= limits::secrets_per_answer ||
        certificates_ >= limits::secret_certificates_per_answer) {
      ++read_.left_out;
      return;
    }
    KubeSecret secret;
    secret.ns = ns;
    secret.name = name;
    read_data(data, type, secret);
    if (secret.held.empty() && secret.unreadable == 0) {
      ++read_.skipped;
      return;
    }
    for (const HeldTogether& one : secret.held) certificates_ += one.size();
    read_.secrets.push_back(std::move(secret));
  }

  KubeSecrets take() { return std::move(read_); }

 private:
  void add_unreadable(std::size_t number, std::string_view why) {
    if (read_.unreadable++ > 0) return;
    read_.unreadable_sample = "item " + std::to_string(number) + " " + std::string(why);
  }

  KubeSecrets read_;
  std::size_t certificates_ = 0;
};

}  // namespace

Result<KubeSecrets> parse_kube_secrets(std::string_view json) {
  if (json.empty()) return Error{"Secrets: empty"};  // perhaps a null view: no memcpy from it
  simdjson::dom::parser parser;
  element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root)) {
    return Error{std::string("Secrets: no JSON: ") + simdjson::error_message(error)};
  }
  if (!root.is_object()) return Error{"Secrets: no JSON object"};
  const std::string_view kind = text_in(root, "kind");
  if (kind == "Status") {
    return Error{"Secrets: refused: " + printable_sample(text_in(root, "message"))};
  }
  ListReader reader;
  if (kind == "Secret") {
    reader.read_item(root, 1);
    return reader.take();
  }
  if (kind != "SecretList" && kind != "List") {
    return Error{"Secrets: of the kind \"" + printable_sample(kind) + "\""};
  }
  element items;
  // Go writes null for a list that was never made.
  if (root["items"].get(items) || items.is_null()) return reader.take();
  simdjson::dom::array list;
  if (items.get(list)) return Error{"Secrets: `items` is no array"};
  std::size_t number = 0;
  for (const element item : list) reader.read_item(item, ++number);
  return reader.take();
}

}  // namespace mesh
