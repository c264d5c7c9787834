// The certificates are cut out of the dump by counting brackets; only the piece is parsed. The dump
// is a whole mesh long, and a parsed one several times that.
#include "wire/ztunnel_config_dump.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "wire/base64.h"
#include "wire/json_fields.h"
#include "wire/pem.h"
#include "wire/x509.h"

namespace mesh {
namespace {

using simdjson::dom::element;

// Walks over JSON text without understanding it.
class JsonWalk {
 public:
  explicit JsonWalk(std::string_view text) : rest_(text) {}

  bool take(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // The text between two quotes, escapes as they stand; nothing if there is none.
  std::optional<std::string_view> take_string() {
    if (!take('"')) return std::nullopt;
    std::size_t end = rest_.find_first_of("\"\\");
    while (end != std::string_view::npos && rest_[end] == '\\') {
      end = rest_.find_first_of("\"\\", end + 2);
    }
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }

  // A value of whatever kind, up to the comma or bracket behind it; nothing if the text ends first.
  std::optional<std::string_view> take_value() {
    skip_blanks();
    const std::string_view begin = rest_;
    std::size_t depth = 0;
    while (true) {
      const std::size_t next = rest_.find_first_of("\"[]{},");
      if (next == std::string_view::npos) return std::nullopt;
      const char c = rest_[next];
      if (depth == 0 && (c == ',' || c == ']' || c == '}')) {
        rest_.remove_prefix(next);
        return begin.substr(0, begin.size() - rest_.size());
      }
      rest_.remove_prefix(c == '"' ? next : next + 1);
      if (c == '"' && !take_string()) return std::nullopt;
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') --depth;
    }
  }

 private:
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }

  std::string_view rest_;
};

// The value of a key of the outermost object.
Result<std::string_view> find_value(std::string_view body, std::string_view wanted) {
  JsonWalk walk(body);
  const Error broken{"the dump is no JSON object, or is cut"};
  if (!walk.take('{')) return broken;
  if (!walk.take('}')) {
    do {
      const std::optional<std::string_view> key = walk.take_string();
      if (!key || !walk.take(':')) return broken;
      const std::optional<std::string_view> value = walk.take_value();
      if (!value) return broken;
      if (*key == wanted) return *value;
    } while (walk.take(','));
    if (!walk.take('}')) return broken;
  }
  return Error{"the dump has no `" + std::string(wanted) + "`"};
}

// The first certificate of a PEM text.
class FirstCertificate : public PemSink {
 public:
  void on_certificate(std::string_view der, std::uint64_t) override {
    if (!seen_) certificate_ = parse_x509(der);
    seen_ = true;
  }
  void on_private_key() override {}
  void on_other_block(std::string_view) override {}
  void on_unreadable(std::uint64_t, const std::string&) override {}

  std::optional<Certificate> take() {
    if (!certificate_) return std::nullopt;
    return std::move(*certificate_);
  }

 private:
  bool seen_ = false;
  Result<Certificate> certificate_ = Error{"none"};
};

// The whole certificate: PEM in base64.
std::optional<Certificate> read_pem(std::string_view base64) {
  std::string pem;
  Base64Decoder decoder;
  if (base64.empty() || !decoder.feed(base64, pem)) return std::nullopt;
  FirstCertificate first;
  PemReader reader(first);
  reader.feed(pem);
  reader.finish();
  return first.take();
}

std::optional<Certificate> read_certificate(const element& entry) {
  if (auto whole = read_pem(text_in(entry, "pem"))) return whole;
  const auto not_after = parse_rfc3339(text_in(entry, "expirationTime"));
  if (!not_after) return std::nullopt;
  Certificate one;
  one.not_before = parse_rfc3339(text_in(entry, "validFrom"));
  one.not_after = *not_after;
  one.serial = hex_of_decimal(text_in(entry, "serialNumber"));
  return one;
}

// Reads the list `key` of an identity. `name_leaf` names the first of a chain.
template <class NameLeaf>
void read_list(const element& identity, std::string_view key, ZtunnelCertificates& into,
               HeldTogether& held, NameLeaf name_leaf) {
  simdjson::dom::array list;
  if (identity[key].get(list)) return;
  const bool is_chain = key == "certChain";
  bool first = true;
  for (const element entry : list) {
    std::optional<Certificate> one = read_certificate(entry);
    const bool is_leaf = is_chain && std::exchange(first, false);
    if (!one) {
      if (++into.unreadable == 1) {
        into.unreadable_sample = printable_sample(simdjson::minify(entry));
      }
      continue;
    }
    one->role = is_leaf    ? CertificateRole::leaf
                : is_chain ? CertificateRole::intermediate
                           : CertificateRole::root;
    one->path = key;
    if (is_leaf) name_leaf(*one);
    held.push_back(std::move(*one));
  }
}

}  // namespace

Result<ZtunnelCertificates> parse_ztunnel_config_dump(std::string_view body) {
  const Result<std::string_view> piece = find_value(body, "certificates");
  if (!piece) return piece.error();
  if (piece->size() > limits::ztunnel_certificates_bytes) {
    return Error{"`certificates` is longer than " +
                 std::to_string(limits::ztunnel_certificates_bytes >> 20) + " MiB"};
  }
  if (piece->empty()) return Error{"`certificates` is no JSON"};  // no memcpy of nothing
  simdjson::dom::parser parser;
  element root;
  if (const auto error = parser.parse(piece->data(), piece->size()).get(root)) {
    return Error{std::string("`certificates` is no JSON: ") + simdjson::error_message(error)};
  }
  simdjson::dom::array identities;
  if (root.get(identities)) return Error{"`certificates` is no array"};
  ZtunnelCertificates all;
  for (const element identity : identities) {
    HeldTogether held;
    const std::string name(text_in(identity, "identity"));
    const auto name_leaf = [&](Certificate& leaf) {
      if (name.empty() || !leaf.sans.empty()) return;
      if (name.starts_with("spiffe://")) leaf.sans = {{SubjectAltName::Kind::uri, name}};
      leaf.path = name;
    };
    read_list(identity, "certChain", all, held, name_leaf);
    read_list(identity, "rootCerts", all, held, name_leaf);
    if (!held.empty()) all.held.push_back(std::move(held));
  }
  return all;
}

std::string hex_of_decimal(std::string_view digits) {
  if (digits.empty() || digits.size() > 60) return {};
  std::vector<unsigned> bytes{0};  // the lowest first
  for (const char c : digits) {
    if (c < '0' || c > '9') return {};
    unsigned carry = static_cast<unsigned>(c - '0');
    for (unsigned& byte : bytes) {
      carry += byte * 10;
      byte = carry & 0xFF;
      carry >>= 8;
    }
    if (carry > 0) bytes.push_back(carry);
  }
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  for (auto it = bytes.rbegin(); it != bytes.rend(); ++it) {
    text += hex[*it >> 4];
    text += hex[*it & 15];
  }
  return text;
}

}  // namespace mesh
