// Brackets and quotes, and nothing else; see json_walk.h.
#include "wire/json_walk.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace mesh {
namespace {

// Walks over JSON text without understanding it.
class JsonWalk {
 public:
  explicit JsonWalk(std::string_view text) : rest_(text) {}

  bool take(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // The text between two quotes, escapes as they stand; nothing if there is none.
  std::optional<std::string_view> take_string() {
    if (!take('"')) return std::nullopt;
    std::size_t end = rest_.find_first_of("\"\\");
    while (end != std::string_view::npos && rest_[end] == '\\') {
      end = rest_.find_first_of("\"\\", end + 2);
    }
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }

  // A value of whatever kind, up to the comma or bracket behind it; nothing if the text ends first.
  std::optional<std::string_view> take_value() {
    skip_blanks();
    const std::string_view begin = rest_;
    std::size_t depth = 0;
    while (true) {
      const std::size_t next = rest_.find_first_of("\"[]{},");
      if (next == std::string_view::npos) return std::nullopt;
      const char c = rest_[next];
      if (depth == 0 && (c == ',' || c == ']' || c == '}')) {
        rest_.remove_prefix(next);
        return begin.substr(0, begin.size() - rest_.size());
      }
      rest_.remove_prefix(c == '"' ? next : next + 1);
      if (c == '"' && !take_string()) return std::nullopt;
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') --depth;
    }
  }

 private:
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }

  std::string_view rest_;
};

}  // namespace

bool each_value(std::string_view list, const EachValue& each) {
  JsonWalk walk(list);
  if (!walk.take('[')) return false;
  if (walk.take(']')) return true;
  do {
    const std::optional<std::string_view> value = walk.take_value();
    if (!value) return false;
    if (!each(*value)) return true;
  } while (walk.take(','));
  return walk.take(']');
}

bool each_field(std::string_view object, const EachField& each) {
  JsonWalk walk(object);
  if (!walk.take('{')) return false;
  if (walk.take('}')) return true;
  do {
    const std::optional<std::string_view> key = walk.take_string();
    if (!key || !walk.take(':')) return false;
    const std::optional<std::string_view> value = walk.take_value();
    if (!value) return false;
    if (!each(*key, *value)) return true;
  } while (walk.take(','));
  return walk.take('}');
}

}  // namespace mesh
