// Numbers are read by std::from_chars, which knows no locale and no leading '+', and which would
// stop silently at the first byte that does not fit: the whole token is demanded here.
#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace mesh {

std::optional<std::uint64_t> parse_u64(std::string_view token) {
  std::uint64_t value = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<double> parse_double(std::string_view token) {
  if (token.starts_with('+')) {
    token.remove_prefix(1);
    if (token.starts_with('-')) return std::nullopt;
  }
  // from_chars also knows "nan(any letters)", which nobody means.
  if (token.ends_with(')')) return std::nullopt;
  double value = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

bool take_front(std::string_view& text, std::string_view front) {
  if (!text.starts_with(front) || text.size() == front.size()) return false;
  text.remove_prefix(front.size());
  return true;
}

bool take_back(std::string_view& text, std::string_view back) {
  if (!text.ends_with(back) || text.size() == back.size()) return false;
  text.remove_suffix(back.size());
  return true;
}

std::string_view take_piece(std::string_view& text, char separator) {
  const std::string_view piece = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(piece.size() + 1, text.size()));
  return piece;
}

std::string printable_sample(std::string_view text, std::size_t most) {
  std::string sample(text.substr(0, most));
  for (char& c : sample) {
    if (c < 0x20 || c > 0x7E) c = '?';  // also every byte beyond ASCII, whatever char's sign is
  }
  return sample;
}

std::optional<std::string_view> Lines::next() {
  if (rest_.empty()) return std::nullopt;
  const std::size_t end = rest_.find('\n');
  std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace mesh
