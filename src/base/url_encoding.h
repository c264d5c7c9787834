// Writing a regular expression for names into the query of a URL: how a filter for exactly these
// clusters gets through HTTP and RE2 unharmed.
#pragma once

#include <string>
#include <string_view>

namespace mesh {

// Everything but ASCII letters, digits and "-._~" as %XX (RFC 3986).
std::string percent_encode(std::string_view text);

// An RE2 that matches exactly this text.
std::string quote_re2(std::string_view text);

}  // namespace mesh
