// Each certificate is cut out of the dump by counting brackets, and only such pieces are parsed.
// The dump is a whole mesh long, and a parsed one several times that; and a string that is none,
// such as half of a surrogate pair, makes a whole document none.
#include "wire/ztunnel_config_dump.h"

#include <simdjson.h>

#include <optional>
#include <utility>

#include "base/base64.h"
#include "base/limits.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "wire/json_fields.h"
#include "wire/json_walk.h"
#include "wire/pem.h"
#include "wire/x509.h"

namespace mesh {
namespace {

using simdjson::dom::element;

// The value of a key of the outermost object.
Result<std::string_view> find_value(std::string_view body, std::string_view wanted) {
  std::optional<std::string_view> found;
  const bool whole = each_field(body, [&](std::string_view key, std::string_view value) {
    if (key == wanted) found = value;
    return !found;
  });
  if (!whole) return Error{"the dump is no JSON object, or is cut"};
  if (found) return *found;
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

// Reads the identities one by one, and of each every certificate for itself: one that is no JSON is
// lost alone.
class IdentityReader {
 public:
  // False if the text is no list.
  bool read(std::string_view identities) {
    return each_value(identities, [this](std::string_view identity) {
      read_identity(identity);
      return true;
    });
  }

  ZtunnelCertificates finish() {
    all_.unreadable = unreadables_.count();
    all_.unreadable_sample = unreadables_.sample();
    return std::move(all_);
  }

 private:
  void read_identity(std::string_view text);
  void read_list(std::string_view list, std::string_view key, HeldTogether& held);
  std::string read_name(std::string_view text);

  // Nothing if the text is no JSON; until the next call.
  std::optional<element> parse(std::string_view text) {
    element parsed;
    if (text.empty() || parser_.parse(text.data(), text.size()).get(parsed)) return std::nullopt;
    return parsed;
  }

  ZtunnelCertificates all_;
  // Where a value is left out there is nothing to quote.
  void miss(std::string_view text) { unreadables_.add(text.empty() ? "no value" : text); }

  Unreadables unreadables_;
  simdjson::dom::parser parser_;
};

void IdentityReader::read_identity(std::string_view text) {
  std::string_view name, chain = "[]", roots = "[]";
  const bool whole = each_field(text, [&](std::string_view key, std::string_view value) {
    if (key == "identity") name = value;
    if (key == "certChain") chain = value;
    if (key == "rootCerts") roots = value;
    return true;
  });
  if (!whole) return miss(text);
  HeldTogether held;
  read_list(chain, "certChain", held);
  read_list(roots, "rootCerts", held);
  const std::string identity = read_name(name);
  const bool has_leaf = !held.empty() && held.front().role == CertificateRole::leaf;
  if (has_leaf && held.front().sans.empty() && !identity.empty()) {
    Certificate& leaf = held.front();
    if (identity.starts_with("spiffe://")) {
      leaf.sans = {{SubjectAltName::Kind::uri, identity}};
    }
    leaf.path = identity;
  }
  if (!held.empty()) all_.held.push_back(std::move(held));
}

void IdentityReader::read_list(std::string_view list, std::string_view key, HeldTogether& held) {
  const bool is_chain = key == "certChain";
  bool first = true;
  const bool whole = each_value(list, [&](std::string_view text) {
    const bool is_leaf = is_chain && std::exchange(first, false);
    const std::optional<element> entry = parse(text);
    std::optional<Certificate> one = entry ? read_certificate(*entry) : std::nullopt;
    if (!one) {
      miss(entry ? simdjson::minify(*entry) : std::string(text));
      return true;
    }
    one->role = is_leaf    ? CertificateRole::leaf
                : is_chain ? CertificateRole::intermediate
                           : CertificateRole::root;
    one->path = key;
    held.push_back(std::move(*one));
    return true;
  });
  if (!whole) miss(list);
}

// "" if it is left out or cannot be read: a whole leaf has its name in itself.
std::string IdentityReader::read_name(std::string_view text) {
  if (text.empty()) return {};
  const std::optional<element> parsed = parse(text);
  std::string_view name;
  if (!parsed || parsed->get(name)) miss(text);
  return std::string(name);
}

}  // namespace

Result<ZtunnelCertificates> parse_ztunnel_config_dump(std::string_view body) {
  const Result<std::string_view> piece = find_value(body, "certificates");
  if (!piece) return piece.error();
  if (piece->size() > limits::ztunnel_certificates_bytes) {
    return Error{"`certificates` is longer than " +
                 std::to_string(limits::ztunnel_certificates_bytes >> 20) + " MiB"};
  }
  IdentityReader reader;
  if (!reader.read(*piece)) return Error{"`certificates` is no array"};
  return reader.finish();
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
