// Fuzz targets for what is believed of certificates: chains against a bundle of trusted ones, and
// stores under a password.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/promise.h"
#include "wire/pem.h"
#include "wire/x509_pkcs12.h"
#include "wire/x509_verify.h"

namespace mesh::fuzz {

inline std::string as_pem(std::string_view der) {
  std::string base64(der.size() / 3 * 4 + 5, '\0');
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()), bytes,
                                     static_cast<int>(der.size()));
  base64.resize(static_cast<std::size_t>(length));
  return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
}

inline void promise_verdict(const Verdict& verdict, const TrustBundle& bundle) {
  if (verdict.verified()) {
    promise(verdict.words.empty(), "there is nothing to say of what is verified");
    promise(bundle.has(verdict.anchor_fingerprint), "a chain ends in the bundle");
    return;
  }
  promise(!verdict.words.empty() && verdict.words.size() < 2000, "a refusal has words");
  promise(verdict.anchor_fingerprint.empty(), "a refused chain ends nowhere");
  for (const unsigned char c : verdict.words) {
    promise(c >= 0x20 && c != 0x7F, "the words are one line");
  }
}

// One element of DER behind the other; as many of them as the first byte says are trusted, and the
// others are the chain.
inline void trust(std::string_view input) {
  if (input.empty()) return;
  std::size_t trusted = static_cast<unsigned char>(input[0]);
  std::string pem;
  std::vector<std::string> chain;
  for (std::string_view rest = input.substr(1); !rest.empty();) {
    const std::string_view der = first_der_element(rest);
    rest.remove_prefix(der.size());
    if (trusted > 0) {
      pem += as_pem(der);
      --trusted;
    } else {
      chain.emplace_back(der);
    }
  }
  const auto bundle = TrustBundle::read(pem);
  if (!bundle) {
    promise(!bundle.error().message.empty(), "an error has words");
    return;
  }
  const WallTime at{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  for (const char* name : {"", "spiffe://mesh.test", "users.mesh.test", "192.0.2.1"}) {
    promise_verdict(verify_chain(chain, *bundle, name, at, Purpose::server), *bundle);
  }
  const Verdict verdict = verify_chain(chain, *bundle, "", at, Purpose::client);
  promise_verdict(verdict, *bundle);
  promise(verdict == verify_chain(chain, *bundle, "", at, Purpose::client),
          "a verdict does not change what is judged");
}

inline void pkcs12(std::string_view input) {
  for (const char* password : {"secret", ""}) {
    const auto store = read_pkcs12(input, password);
    if (!store) promise(!store.error().message.empty(), "an error has words");
  }
}

inline constexpr std::array<Target, 2> trust_targets{{
    {"trust", trust},
    {"pkcs12", pkcs12},
}};

}  // namespace mesh::fuzz
