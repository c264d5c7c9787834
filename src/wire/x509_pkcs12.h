// PKCS#12, the form in which Java and Windows keep certificates and their keys in one file.
//
// Only the certificates are taken out. A key lies in it under an encryption of its own, which is
// never undone; where somebody stored it without, its bytes pass through OpenSSL's memory once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mesh {

struct Pkcs12 {
  std::vector<std::string> certificates;  // in DER, in the order of the file
  std::uint64_t private_keys = 0;         // those that were passed over
  std::uint64_t unreadable = 0;           // of the bags, those with strange contents
};

// An error for what is no PKCS#12, was made under another password, asks for an encryption that
// this OpenSSL does not have, or, in all its parts together, for more rounds of key derivation than
// anybody uses: a second's. Without a
// password both of its forms are tried: an empty one, and none.
Result<Pkcs12> read_pkcs12(std::string_view bytes, const std::string& password);

}  // namespace mesh
