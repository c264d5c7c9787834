// OpenSSL builds the path; this file tells it what a mesh means by trust, and puts its verdicts
// into our words.
#include "wire/x509_verify.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "base/owned.h"
#include "base/quoted.h"
#include "wire/pem.h"
#include "wire/x509.h"
#include "wire/x509_names.h"

namespace mesh {
namespace {

using OwnedX509 = Owned<X509, X509_free>;
void free_stack(STACK_OF(X509) * certificates) { sk_X509_pop_free(certificates, X509_free); }
using OwnedStack = Owned<STACK_OF(X509), free_stack>;

OwnedX509 read_der(std::string_view der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return OwnedX509(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

std::optional<Certificate> in_plain_words(const X509* x509) {
  unsigned char* bytes = nullptr;
  const int length = x509 ? i2d_X509(x509, &bytes) : 0;
  if (length <= 0) return std::nullopt;
  const std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
  OPENSSL_free(bytes);
  auto certificate = parse_x509(der);
  if (!certificate) return std::nullopt;
  return std::move(*certificate);
}

std::string shown(const std::optional<Certificate>& certificate) {
  if (!certificate) return "a certificate";
  return in_quotes(certificate->subject.empty() ? identity_of(*certificate)
                                                : std::string_view(certificate->subject));
}

bool calls_itself_issuer(X509* issuer, X509* x509) {
  const int answer = X509_check_issued(issuer, x509);
  // That it may not sign is found later, and then told.
  return answer == X509_V_OK || answer == X509_V_ERR_KEYUSAGE_NO_CERTSIGN;
}

// Signatures that are checked to find the way to a root. An honest chain takes one for each
// certificate, and some more where CAs share a name. A server that shows a hundred of one name,
// each with a key of its own that is slow to check, would take minutes of us.
constexpr int most_signatures = 64;

// OpenSSL takes the first issuer of the right name. While a root is replaced there may be two of
// one name, the old and the new: the one that signed it is meant.
int is_issuer(X509_STORE_CTX* context, X509* x509, X509* issuer) {
  if (!calls_itself_issuer(issuer, x509)) return 0;
  int& left = *static_cast<int*>(X509_STORE_CTX_get_app_data(context));
  if (left == 0) return 0;
  --left;
  return X509_verify(x509, X509_get0_pubkey(issuer)) == 1 ? 1 : 0;
}

Unverified reason_of(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return Unverified::expired;
    case X509_V_ERR_CERT_NOT_YET_VALID: return Unverified::not_yet_valid;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED: return Unverified::unknown_issuer;
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION: return Unverified::name;
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED: return Unverified::key_usage;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE: return Unverified::signature;
    case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
    case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
    case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: return Unverified::malformed;
    default: return Unverified::other;
  }
}

std::string words_of(Unverified reason, int error, const std::optional<Certificate>& offender) {
  const std::string who = shown(offender);
  switch (reason) {
    case Unverified::expired: return who + " has expired";
    case Unverified::not_yet_valid: return who + " is not valid yet";
    case Unverified::signature: return who + " is not signed by the one of its issuer's name";
    case Unverified::unknown_issuer:
      if (offender && offender->subject == offender->issuer) return who + " is not trusted";
      return "the issuer of " + who + ", " + (offender ? in_quotes(offender->issuer) : "") +
             ", is neither shown nor trusted";
    default: return who + ": " + X509_verify_cert_error_string(error);
  }
}

// The certificates of a PEM text, as the bundle wants them.
class Collector : public PemSink {
 public:
  Collector(std::vector<Certificate>& certificates, X509_STORE* store)
      : certificates_(certificates), store_(store) {}

  void on_certificate(std::string_view der, std::uint64_t) override {
    if (too_many()) return;
    auto certificate = parse_x509(der);
    const OwnedX509 x509 = read_der(der);
    if (!certificate || !x509 || X509_STORE_add_cert(store_, x509.get()) != 1) {
      ++unreadable_;
    } else if (std::ranges::find(certificates_, certificate->fingerprint_sha256,
                                 &Certificate::fingerprint_sha256) == certificates_.end()) {
      certificates_.push_back(std::move(*certificate));
    }
  }
  void on_private_key() override {}
  void on_other_block(std::string_view) override {}
  void on_unreadable(std::uint64_t, const std::string&) override { ++unreadable_; }
  std::size_t unreadable() const { return unreadable_; }
  bool too_many() const { return certificates_.size() > trusted_certificates; }

 private:
  std::vector<Certificate>& certificates_;
  X509_STORE* store_;
  std::size_t unreadable_ = 0;
};

}  // namespace

std::string_view to_string(Unverified reason) {
  switch (reason) {
    case Unverified::expired: return "expired";
    case Unverified::not_yet_valid: return "not_yet_valid";
    case Unverified::unknown_issuer: return "unknown_issuer";
    case Unverified::name: return "name";
    case Unverified::key_usage: return "key_usage";
    case Unverified::signature: return "signature";
    case Unverified::malformed: return "malformed";
    case Unverified::other: return "other";
  }
  return "";
}

struct TrustBundle::State {
  std::vector<Certificate> certificates;
  Owned<X509_STORE, X509_STORE_free> store{X509_STORE_new()};
  std::size_t unreadable = 0;
};

TrustBundle::TrustBundle(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Result<TrustBundle> TrustBundle::read(std::string_view pem) {
  const auto state = std::make_shared<State>();
  Collector collector(state->certificates, state->store.get());
  PemReader reader(collector);
  reader.feed(pem);
  reader.finish();
  ERR_clear_error();
  state->unreadable = collector.unreadable();
  if (collector.too_many()) {
    return Error{"more than " + std::to_string(trusted_certificates) + " certificates in it"};
  }
  if (state->certificates.empty()) {
    return Error{state->unreadable == 0 ? "no certificate in it" : "no readable certificate in it"};
  }
  X509_STORE_set_check_issued(state->store.get(), is_issuer);
  return TrustBundle(state);
}

const std::vector<Certificate>& TrustBundle::certificates() const { return state_->certificates; }
std::size_t TrustBundle::unreadable() const { return state_->unreadable; }

bool TrustBundle::has(std::string_view fingerprint) const {
  return std::ranges::find(state_->certificates, fingerprint, &Certificate::fingerprint_sha256) !=
         state_->certificates.end();
}

// One verification: what OpenSSL needs for it, and its outcome.
class ChainCheck {
 public:
  // REQUIRES: not empty.
  ChainCheck(std::span<const std::string> chain, const TrustBundle& bundle)
      : store_(bundle.state_->store.get()) {
    for (const std::string& der : chain) {
      OwnedX509 x509 = read_der(der);
      if (!x509) return;
      sk_X509_push(all_.get(), x509.release());
      ++read_;
    }
    whole_ = true;
  }
  ~ChainCheck() { ERR_clear_error(); }
  ChainCheck(const ChainCheck&) = delete;
  ChainCheck& operator=(const ChainCheck&) = delete;

  Verdict run(std::string_view expected_name, WallTime at, Purpose purpose) {
    if (!whole_) return {Unverified::malformed, "no certificate in DER", read_, ""};
    X509* leaf = sk_X509_value(all_.get(), 0);
    if (X509_STORE_CTX_init(context_.get(), store_, leaf, all_.get()) != 1) {
      return {Unverified::other, "OpenSSL could not begin", 0, ""};
    }
    X509_STORE_CTX_set_app_data(context_.get(), &signatures_left_);
    X509_VERIFY_PARAM* settings = X509_STORE_CTX_get0_param(context_.get());
    X509_VERIFY_PARAM_set_time(
        settings, WallTime::clock::to_time_t(std::chrono::floor<std::chrono::seconds>(at)));
    // A trusted intermediate is trusted, as by the proxies.
    X509_VERIFY_PARAM_set_flags(settings, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
    X509_VERIFY_PARAM_set_purpose(
        settings, purpose == Purpose::server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT);
    X509_VERIFY_PARAM_set_auth_level(settings, 0);
    if (X509_verify_cert(context_.get()) != 1) return refusal();
    if (auto words = unlike_name(leaf, in_plain_words(leaf).value_or(Certificate{}), expected_name);
        !words.empty()) {
      return {Unverified::name, std::move(words), 0, ""};
    }
    Verdict verdict;
    const STACK_OF(X509)* path = X509_STORE_CTX_get0_chain(context_.get());
    const auto anchor = in_plain_words(sk_X509_value(path, sk_X509_num(path) - 1));
    if (anchor) verdict.anchor_fingerprint = anchor->fingerprint_sha256;
    return verdict;
  }

 private:
  Verdict refusal() {
    const int error = X509_STORE_CTX_get_error(context_.get());
    const int depth = std::max(0, X509_STORE_CTX_get_error_depth(context_.get()));
    X509* offender = X509_STORE_CTX_get_current_cert(context_.get());
    Unverified reason = reason_of(error);
    if (reason == Unverified::unknown_issuer && offender && has_false_issuer(offender)) {
      reason = Unverified::signature;
    }
    return {reason, words_of(reason, error, in_plain_words(offender)),
            static_cast<std::size_t>(depth), ""};
  }

  // Whether there is one of the issuer's name. It did not sign it, or it would have been taken.
  bool has_false_issuer(X509* x509) {
    const auto is_false = [x509](STACK_OF(X509) * candidates) {
      for (int i = 0; i < sk_X509_num(candidates); ++i) {
        X509* candidate = sk_X509_value(candidates, i);
        if (X509_cmp(candidate, x509) != 0 && calls_itself_issuer(candidate, x509)) return true;
      }
      return false;
    };
    const OwnedStack trusted(X509_STORE_CTX_get1_certs(context_.get(), X509_get_issuer_name(x509)));
    return is_false(all_.get()) || (trusted && is_false(trusted.get()));
  }

  X509_STORE* store_;
  OwnedStack all_{sk_X509_new_null()};
  Owned<X509_STORE_CTX, X509_STORE_CTX_free> context_{X509_STORE_CTX_new()};
  std::size_t read_ = 0;
  bool whole_ = false;
  int signatures_left_ = most_signatures;
};

Verdict verify_chain(std::span<const std::string> chain, const TrustBundle& bundle,
                     std::string_view expected_name, WallTime at, Purpose purpose) {
  if (chain.empty()) return {Unverified::malformed, "no certificate", 0, ""};
  ChainCheck check(chain, bundle);
  return check.run(expected_name, at, purpose);
}

}  // namespace mesh
