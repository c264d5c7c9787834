// A word of a configuration file as an error cites it: in quotes and shortened, so that one sees
// what was meant. Errors go into logs and into the answer of a reload; what may be a secret does
// not.
#pragma once

#include <string>
#include <string_view>

namespace mesh {

// User, password and query of a URL become "…". Of what looks like a key, a token or the hash of a
// password nothing is said at all.
std::string cited(std::string_view word);

}  // namespace mesh
