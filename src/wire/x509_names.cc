// SPIFFE names are compared here, as https://spiffe.io describes them: the trust domain without
// regard to case, the path with it. DNS names and addresses are OpenSSL's affair.
#include "wire/x509_names.h"

#include <openssl/x509v3.h>

#include <algorithm>

#include "base/quoted.h"

namespace mesh {
namespace {

constexpr std::string_view scheme = "spiffe://";

bool same_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_spiffe(std::string_view name) {
  return same_but_for_case(name.substr(0, scheme.size()), scheme);
}

struct SpiffeId {
  std::string_view trust_domain;
  std::string_view path;  // with its slash; "" or "/" is any that the domain has
};

SpiffeId parse_spiffe(std::string_view uri) {
  uri.remove_prefix(scheme.size());
  const auto slash = std::min(uri.find('/'), uri.size());
  return {uri.substr(0, slash), uri.substr(slash)};
}

std::string unlike_spiffe(std::string_view identity, std::string_view expected) {
  if (!is_spiffe(identity)) return "has no SPIFFE ID, but is " + in_quotes(identity);
  const SpiffeId is = parse_spiffe(identity);
  const SpiffeId wanted = parse_spiffe(expected);
  if (!same_but_for_case(is.trust_domain, wanted.trust_domain)) {
    return in_quotes(identity) + " is not of the trust domain " + in_quotes(wanted.trust_domain);
  }
  if (wanted.path.size() > 1 && is.path != wanted.path) {
    return "is " + in_quotes(identity) + ", not " + in_quotes(expected);
  }
  return {};
}

}  // namespace

std::string unlike_name(X509* x509, const Certificate& certificate, std::string_view expected) {
  if (expected.empty()) return {};
  if (is_spiffe(expected)) return unlike_spiffe(identity_of(certificate), expected);
  const std::string name(expected);
  constexpr int malformed = -2;
  int fits = X509_check_ip_asc(x509, name.c_str(), 0);
  if (fits == malformed) {
    fits = X509_check_host(
        x509, name.data(), name.size(),
        X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr);
  }
  if (fits == 1) return {};
  return in_quotes(identity_of(certificate)) + " is not for " + in_quotes(expected);
}

}  // namespace mesh
