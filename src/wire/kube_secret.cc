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
#include "wire/kube_fields.h"
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

}  // namespace

template <>
Result<KubeSecret> object_in<KubeSecret>(const element& json) {
  const Result<KubeIdentity> who = kube_identity_in(json, "Secret");
  if (!who) return who.error();
  KubeSecret secret;
  secret.ns = who->ns;
  secret.name = who->name;
  const std::string_view type = text_in(json, "type");
  object data;
  if (!is_about_something_else(type) && !json["data"].get(data)) read_data(data, type, secret);
  return secret;
}

}  // namespace mesh
