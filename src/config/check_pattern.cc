// The two grammars, see check_pattern.h.
#include "config/check_pattern.h"

#include <algorithm>
#include <cstddef>

namespace mesh {
namespace {

constexpr std::size_t longest_selector = 2048;  // it goes into the query of a URL
constexpr std::size_t longest_label = 63, longest_prefix = 253;

// Behind the [ at `at`: the place after its ], within the same level of the path; npos if it has
// none. The first character may be a ], and [:alpha:] may stand inside.
std::size_t after_bracket(std::string_view glob, std::size_t at) {
  std::size_t i = at + 1;
  if (i < glob.size() && (glob[i] == '!' || glob[i] == '^')) ++i;
  for (std::size_t first = i; i < glob.size() && glob[i] != '/'; ++i) {
    if (glob[i] == ']' && i > first) return i + 1;
    if (glob[i] == '\\') ++i;
    if (glob.substr(i).starts_with("[:")) {
      const std::size_t end = glob.find(":]", i + 2);
      if (end != std::string_view::npos) i = end + 1;
    }
  }
  return std::string_view::npos;
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Letters, digits and some marks, the marks neither first nor last.
bool is_word(std::string_view text, std::string_view marks, std::size_t longest) {
  const auto fits = [&](char c) {
    return is_letter_or_digit(c) || marks.find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= longest && std::ranges::all_of(text, fits) &&
         is_letter_or_digit(text.front()) && is_letter_or_digit(text.back());
}

// "app", "app.kubernetes.io/name".
bool is_label_key(std::string_view key) {
  const std::size_t slash = key.find('/');
  if (slash == std::string_view::npos) return is_word(key, "-_.", longest_label);
  return is_word(key.substr(0, slash), "-.", longest_prefix) &&
         is_word(key.substr(slash + 1), "-_.", longest_label);
}

bool is_label_value(std::string_view value) {
  return value.empty() || is_word(value, "-_.", longest_label);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

// "(a, b)" of "tier in (a, b)".
std::string_view wrong_with_set(std::string_view list) {
  if (!list.starts_with('(') || !list.ends_with(')'))
    return "has no list in ( ) behind in or notin";
  list = list.substr(1, list.size() - 2);
  if (trimmed(list).empty()) return "has an empty list";
  while (true) {
    const std::size_t comma = list.find(',');
    if (!is_label_value(trimmed(list.substr(0, comma))))
      return "has a value that no label can have";
    if (comma == std::string_view::npos) return "";
    list.remove_prefix(comma + 1);
  }
}

std::string_view wrong_with_requirement(std::string_view text) {
  constexpr std::string_view no_key = "has a key that no label can have";
  text = trimmed(text);
  if (text.empty()) return "has a comma too many";
  if (text.starts_with('!')) return is_label_key(trimmed(text.substr(1))) ? "" : no_key;
  const std::size_t end = std::min(text.find_first_of(" =!("), text.size());
  if (!is_label_key(text.substr(0, end))) return no_key;
  std::string_view rest = trimmed(text.substr(end));
  if (rest.empty()) return "";
  for (const std::string_view word : {"notin", "in"}) {
    const bool whole = rest.starts_with(word) && rest.find_first_of(" (") == word.size();
    if (whole || rest == word) return wrong_with_set(trimmed(rest.substr(word.size())));
  }
  for (const std::string_view sign : {"==", "!=", "="}) {
    if (!rest.starts_with(sign)) continue;
    const bool fits = is_label_value(trimmed(rest.substr(sign.size())));
    return fits ? "" : "has a value that no label can have";
  }
  return "has neither =, !=, in nor notin behind a key";
}

}  // namespace

std::string_view wrong_with_glob(std::string_view glob) {
  for (std::size_t i = 0; i < glob.size(); ++i) {
    if (glob[i] == '\\') {
      if (++i == glob.size()) return "ends with a backslash";
      continue;
    }
    if (glob[i] != '[') continue;
    const std::size_t end = after_bracket(glob, i);
    if (end == std::string_view::npos) return "has a [ without a ]";
    i = end - 1;
  }
  return "";
}

std::string_view wrong_with_selector(std::string_view selector) {
  if (selector.size() > longest_selector) return "is too long";
  if (trimmed(selector).empty()) return "";
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= selector.size(); ++i) {
    const char c = i < selector.size() ? selector[i] : ',';
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (depth < 0 || depth > 1 || (depth > 0 && i == selector.size())) {
      return "has a ( or ) without the other";
    }
    if (c != ',' || depth > 0) continue;
    const std::string_view wrong = wrong_with_requirement(selector.substr(begin, i - begin));
    if (!wrong.empty()) return wrong;
    begin = i + 1;
  }
  return "";
}

}  // namespace mesh
