// A header is a list of alternatives, each a name with parameters; `q` among them is its quality,
// from 0 (not acceptable) to 1 (the default). The most specific alternative that names a thing
// decides for it.
#include "expose/negotiate.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"

namespace mesh {
namespace {

constexpr std::string_view openmetrics_type = "application/openmetrics-text";
constexpr std::string_view text_type = "text/plain";
constexpr std::string_view protobuf_type = "application/vnd.google.protobuf";
// Of protobuf's messages and ways of writing them, ours.
constexpr std::string_view protobuf_message = "io.prometheus.client.MetricFamily";
constexpr std::string_view protobuf_encoding = "delimited";

// The ways of writing names that need escaping; what else was asked for is not repeated.
constexpr std::array<std::string_view, 4> escapings{"allow-utf-8", "underscores", "dots", "values"};

struct Alternative {
  std::string name;      // lower case
  std::string version;   // parameter `version`; "" if there is none
  std::string escaping;  // likewise
  std::string proto;     // likewise
  std::string encoding;  // likewise
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

std::string_view take(std::string_view& text, char separator) {
  return trimmed(take_piece(text, separator));
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
      if (key == "escaping") alternative.escaping = value;
      if (key == "proto") alternative.proto = value;
      if (key == "encoding") alternative.encoding = value;
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

bool is_ours(const Alternative& one) {
  return one.name != protobuf_type || ((one.proto.empty() || one.proto == protobuf_message) &&
                                       (one.encoding.empty() || one.encoding == protobuf_encoding));
}

std::vector<Alternative> parse_formats(std::string_view accept) {
  std::vector<Alternative> alternatives = parse_alternatives(accept);
  std::erase_if(alternatives, [](const Alternative& one) { return !is_ours(one); });
  return alternatives;
}

}  // namespace

Format choose_format(std::string_view accept) {
  const std::vector<Alternative> alternatives = parse_formats(accept);
  const auto liked = [&](std::string_view type, std::string_view version) {
    return quality_of(alternatives, type, version).value_or(0);
  };
  const double text = std::max(liked(text_type, "1.0.0"), liked(text_type, "0.0.4"));
  const double openmetrics = liked(openmetrics_type, "1.0.0");
  const double protobuf = liked(protobuf_type, "");
  if (protobuf > std::max(text, openmetrics)) return Format::protobuf;
  return openmetrics > text ? Format::openmetrics : Format::prometheus_text;
}

std::string content_type(Format format, std::string_view accept) {
  const std::vector<Alternative> alternatives = parse_formats(accept);
  std::string_view type = format == Format::openmetrics ? openmetrics_type : text_type;
  std::string_view version = "1.0.0";
  std::string words;
  if (format == Format::protobuf) {
    type = protobuf_type;
    version = "";
    words.append(type).append("; proto=").append(protobuf_message);
    words.append("; encoding=").append(protobuf_encoding);
  } else {
    if (format == Format::prometheus_text &&
        quality_of(alternatives, type, "1.0.0") <= quality_of(alternatives, type, "0.0.4")) {
      version = "0.0.4";
    }
    words.append(type).append("; version=").append(version).append("; charset=utf-8");
  }
  const auto asked = std::ranges::find_if(alternatives, [&](const Alternative& one) {
    return one.name == type && one.version == version;
  });
  if (asked != alternatives.end() && std::ranges::count(escapings, asked->escaping) > 0) {
    words.append("; escaping=").append(asked->escaping);
  }
  return words;
}

Coding choose_coding(std::string_view accept_encoding) {
  const std::vector<Alternative> alternatives = parse_alternatives(accept_encoding);
  const auto liked = [&](std::string_view coding) -> std::optional<double> {
    const auto named = std::ranges::find(alternatives, coding, &Alternative::name);
    return named == alternatives.end() ? std::nullopt : std::optional(named->quality);
  };
  // Nobody who says "*" means what came into the world after him.
  const double gzip = liked("gzip").value_or(liked("*").value_or(0));
  const double zstd = liked("zstd").value_or(0);
  const double best = std::max(gzip, zstd);
  if (best == 0 || best < liked("identity").value_or(0)) return Coding::identity;
  return zstd == best ? Coding::zstd : Coding::gzip;
}

bool prefers_html(std::string_view accept) {
  const std::vector<Alternative> alternatives = parse_alternatives(accept);
  const auto html = std::ranges::find(alternatives, "text/html", &Alternative::name);
  return html != alternatives.end() && html->quality > 0 &&
         html->quality >= quality_of(alternatives, text_type, "").value_or(0);
}

}  // namespace mesh
