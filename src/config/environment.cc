// One pass over the text, no recursion: what a variable holds is not expanded again.
#include "config/environment.h"

#include <algorithm>
#include <cstdlib>

#include "base/quoted.h"

namespace mesh {
namespace {

bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && !digit(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || digit(c); });
}

}  // namespace

Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

Result<Expanded> expand(std::string_view text, const Environment& environment) {
  if (!environment) return Expanded{std::string(text)};
  Expanded all;
  std::string& expanded = all.text;
  while (!text.empty()) {
    const auto dollar = std::min(text.find('$'), text.size());
    expanded += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.starts_with("$$")) {
      expanded += '$';
      text.remove_prefix(2);
    } else if (text.starts_with("${")) {
      const auto end = text.find('}');
      const std::string_view name = text.substr(2, end == text.npos ? end : end - 2);
      if (end == text.npos || !is_variable_name(name)) {
        return Error{"no variable is named " + in_quotes(name) +
                     "; expected ${NAME}, or $$ for a dollar sign"};
      }
      const auto value = environment(name);
      if (!value) {
        return Error{"the environment variable " + in_quotes(name) +
                     " is not set; expected it to be, or $$ for a dollar sign"};
      }
      const std::size_t begin = expanded.size();
      expanded += *value;
      if (!value->empty()) all.values.push_back({begin, expanded.size()});
      text.remove_prefix(end + 1);
    } else if (!text.empty()) {
      expanded += text[0];
      text.remove_prefix(1);
    }
  }
  return all;
}

std::string without_values(const Expanded& expanded, std::size_t begin) {
  const std::string_view text = expanded.text;
  std::string shown;
  for (const auto& value : expanded.values) {
    if (value.end <= begin) continue;
    if (value.begin > begin) shown += text.substr(begin, value.begin - begin);
    shown += "<redacted>";
    begin = value.end;
  }
  return shown.append(text.substr(std::min(begin, text.size())));
}

}  // namespace mesh
