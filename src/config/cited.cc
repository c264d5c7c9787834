// What a secret looks like: PEM, its base64 without the frame (or a token), a hash of crypt.
#include "config/cited.h"

#include <algorithm>
#include <cstddef>

#include "base/quoted.h"

namespace mesh {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_of_base64(char c) {
  return is_lower(c) || is_upper(c) || is_digit(c) || c == '+' || c == '/' || c == '-' || c == '_';
}

// Paths are of these characters as well, but seldom of all kinds of them.
bool is_random(std::string_view run) {
  constexpr std::size_t least = 32;
  return run.size() >= least && std::ranges::any_of(run, is_lower) &&
         std::ranges::any_of(run, is_upper) && std::ranges::any_of(run, is_digit);
}

bool has_random_run(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::ranges::find_if_not(text, is_of_base64);
    const auto size = static_cast<std::size_t>(end - text.begin());
    if (is_random(text.substr(0, size))) return true;
    text.remove_prefix(std::min(size + 1, text.size()));
  }
  return false;
}

bool may_be_secret(std::string_view text) {
  return text.find("-----BEGIN") != std::string_view::npos ||
         text.find("$2") != std::string_view::npos || has_random_run(text);
}

// http://user:word@host/path?token=word
std::string without_secrets(std::string_view text) {
  constexpr std::string_view mark = "://";
  const auto scheme = text.find(mark);
  if (scheme == std::string_view::npos) return std::string(text);
  std::string told(text.substr(0, scheme + mark.size()));
  std::string_view rest = text.substr(scheme + mark.size());
  const std::string_view server = rest.substr(0, rest.find_first_of("/?#"));
  if (const auto at = server.rfind('@'); at != std::string_view::npos) {
    told += "…";
    rest.remove_prefix(at);
  }
  const auto query = rest.find_first_of("?#");
  told += rest.substr(0, query);
  const bool has_query = query != std::string_view::npos && query + 1 < rest.size();
  if (query != std::string_view::npos) told += rest[query];
  return has_query ? told + "…" : told;
}

}  // namespace

std::string cited(std::string_view word) {
  const std::string told = without_secrets(word);
  return may_be_secret(told) ? "what stands there (it may be a secret)" : in_quotes(told);
}

}  // namespace mesh
