// A header is a list of alternatives, each a name with parameters; `q` among them is its quality,
// from 0 (not acceptable) to 1 (the default). The most specific alternative that names a thing
// decides for it.
#include "expose/negotiate.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace mesh {
namespace {

struct Alternative {
  std::string name;     // lower case
  std::string version;  // parameter `version`; "" if there is none
  double quality = 1;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// The next piece up to a separator; the rest stays in `text`.
std::string_view take(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view piece = trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

// A quality that is no number counts as "not acceptable": what was meant cannot be known.
double parse_quality(std::string_view text) {
  double quality = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), quality);
  if (error != std::errc{} || end != text.data() + text.size()) return 0;
  return quality > 0 ? std::min(quality, 1.0) : 0;
}

std::vector<Alternative> parse_alternatives(std::string_view header) {
  std::vector<Alternative> alternatives;
  while (!header.empty()) {
    std::string_view element = take(header, ',');
    if (element.empty()) continue;
    Alternative alternative;
    alternative.name = lower(take(element, ';'));
    while (!element.empty()) {
      std::string_view value = take(element, ';');
      const std::string key = lower(take(value, '='));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
      }
      if (key == "q") alternative.quality = parse_quality(value);
      if (key == "version") alternative.version = value;
    }
    alternatives.push_back(std::move(alternative));
  }
  return alternatives;
}

// The quality of type/subtype in this version; nothing if no alternative covers it.
std::optional<double> quality_of(const std::vector<Alternative>& alternatives,
                                 std::string_view type, std::string_view version) {
  const std::string range = std::string(type.substr(0, type.find('/'))) + "/*";
  std::optional<double> quality;
  int best = 0;
  for (const Alternative& a : alternatives) {
    int specific = 0;
    if (a.name == type && a.version == version) {
      specific = 4;
    } else if (a.name == type && a.version.empty()) {
      specific = 3;
    } else if (a.name == range) {
      specific = 2;
    } else if (a.name == "*/*") {
      specific = 1;
    }
    if (specific > best) {
      best = specific;
      quality = a.quality;
    }
  }
  return quality;
}

std::optional<double> coding_quality(const std::vector<Alternative>& alternatives,
                                     std::string_view coding) {
  const auto named = std::ranges::find(alternatives, coding, &Alternative::name);
  if (named != alternatives.end()) return named->quality;
  const auto any = std::ranges::find(alternatives, "*", &Alternative::name);
  return any == alternatives.end() ? std::nullopt : std::optional(any->quality);
}

}  // namespace

std::string_view content_type(Format format) {
  return format == Format::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

Format choose_format(std::string_view accept) {
  const std::vector<Alternative> alternatives = parse_alternatives(accept);
  const double openmetrics =
      quality_of(alternatives, "application/openmetrics-text", "1.0.0").value_or(0);
  const double text = quality_of(alternatives, "text/plain", "0.0.4").value_or(0);
  return openmetrics > text ? Format::openmetrics : Format::prometheus_text;
}

bool accepts_gzip(std::string_view accept_encoding) {
  const std::vector<Alternative> alternatives = parse_alternatives(accept_encoding);
  const double gzip = coding_quality(alternatives, "gzip").value_or(0);
  const auto identity = std::ranges::find(alternatives, "identity", &Alternative::name);
  return gzip > 0 && (identity == alternatives.end() || gzip >= identity->quality);
}

}  // namespace mesh
