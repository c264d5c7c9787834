// A histogram's buckets as one line of Envoy's text /stats prints them.
#include <cmath>
#include <optional>

#include "base/text.h"
#include "wire/envoy_stats.h"

namespace mesh {
namespace {

// Takes what stands before the mark off the text; nothing if there is no mark.
std::optional<std::string_view> take_until(std::string_view& text, char mark) {
  const std::size_t end = text.find(mark);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end + 1);
  return taken;
}

// One "B<bound>(<interval>,<cumulative>)".
std::optional<StatBucket> take_bucket(std::string_view& text) {
  if (!text.starts_with('B')) return std::nullopt;
  text.remove_prefix(1);
  const std::optional<std::string_view> bound_text = take_until(text, '(');
  const std::optional<std::string_view> interval_text = take_until(text, ',');
  const std::optional<std::string_view> cumulative_text = take_until(text, ')');
  if (!bound_text || !interval_text || !cumulative_text) return std::nullopt;
  const std::optional<double> bound = parse_double(*bound_text);
  const std::optional<std::uint64_t> cumulative = parse_u64(*cumulative_text);
  if (!bound || !std::isfinite(*bound) || !cumulative || !parse_u64(*interval_text)) {
    return std::nullopt;
  }
  return StatBucket{*bound, *cumulative};
}

bool read_buckets(std::string_view text, std::vector<StatBucket>& into) {
  while (true) {
    const std::optional<StatBucket> bucket = take_bucket(text);
    if (!bucket) return false;
    if (!into.empty() && bucket->upper_bound <= into.back().upper_bound) return false;
    into.push_back(*bucket);
    if (text.empty()) return true;
    if (!text.starts_with(' ')) return false;
    text.remove_prefix(1);
  }
}

}  // namespace

bool parse_stat_buckets(std::string_view text, std::vector<StatBucket>& into) {
  into.clear();
  if (text == "No recorded values") return true;
  if (read_buckets(text, into)) return true;
  into.clear();
  return false;
}

}  // namespace mesh
