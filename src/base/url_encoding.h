// Writing a regular expression for names into the query of a URL: how a filter for exactly these
// clusters gets through HTTP and RE2 unharmed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mesh {

// Everything but ASCII letters, digits and "-._~" as %XX (RFC 3986).
std::string percent_encode(std::string_view text);

// The other way. Nothing if an escape is cut or no hexadecimal.
std::optional<std::string> percent_decode(std::string_view text);

// An RE2 that matches exactly this text.
std::string quote_re2(std::string_view text);

}  // namespace mesh
