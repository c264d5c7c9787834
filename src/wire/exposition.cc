// A line is read from left to right by a cursor that knows how to fail: a name, labels in braces, a
// value, then perhaps a timestamp and an exemplar. Names that are no legal identifiers stand quoted
// within the braces, as OpenMetrics and Prometheus 3 write them: {"http.requests","a.b"="c"} 1.
#include "wire/exposition.h"

#include <optional>

#include "base/limits.h"
#include "base/text.h"

namespace mesh {
namespace {

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == ':';
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Reads one line at a time. What it returns borrows from the line or from the reader, and is gone
// with the next line.
class SampleReader {
 public:
  // False if the line is no sample.
  bool read(std::string_view line);

  std::string_view name() const { return name_; }
  const std::vector<Label>& labels() const { return labels_; }
  double value() const { return value_; }

 private:
  void skip_blanks();
  bool take(char c);
  std::string_view take_name();
  std::string_view take_token();
  std::optional<std::string_view> take_quoted();
  std::string_view unescape(std::string_view escaped);
  bool read_labels();
  bool read_label();
  bool read_value();

  std::string_view rest_;
  std::string_view name_;
  std::vector<Label> labels_;
  double value_ = 0;
  std::string unescaped_;  // as long as the line from the start, so that it never moves
};

bool SampleReader::read(std::string_view line) {
  rest_ = line;
  labels_.clear();
  unescaped_.clear();
  if (line.find('\\') != std::string_view::npos) unescaped_.reserve(line.size());
  skip_blanks();
  name_ = take_name();
  // Without braces a blank must end the name: "foo-5 1" is not foo with the value -5.
  bool ended = !rest_.empty() && is_blank(rest_.front());
  skip_blanks();
  if (take('{')) {
    if (!read_labels()) return false;
    ended = true;
  }
  return ended && !name_.empty() && read_value();
}

void SampleReader::skip_blanks() {
  while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
}

bool SampleReader::take(char c) {
  if (!rest_.starts_with(c)) return false;
  rest_.remove_prefix(1);
  return true;
}

// "" if there is none: a name does not begin with a digit.
std::string_view SampleReader::take_name() {
  if (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') return {};
  std::size_t end = 0;
  while (end < rest_.size() && is_name_byte(rest_[end])) ++end;
  const std::string_view name = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return name;
}

std::string_view SampleReader::take_token() {
  skip_blanks();
  std::size_t end = 0;
  while (end < rest_.size() && !is_blank(rest_[end])) ++end;
  const std::string_view token = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return token;
}

// What stands between two quotes, unescaped.
std::optional<std::string_view> SampleReader::take_quoted() {
  if (!take('"')) return std::nullopt;
  bool escapes = false;
  std::size_t end = rest_.find_first_of("\"\\");
  while (end != std::string_view::npos && rest_[end] == '\\') {
    escapes = true;
    end = rest_.find_first_of("\"\\", end + 2);  // whatever is escaped does not end the text
  }
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view text = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return escapes ? unescape(text) : text;
}

// An escape that nobody defined stays as it is.
std::string_view SampleReader::unescape(std::string_view escaped) {
  const std::size_t begin = unescaped_.size();
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    const char next = escaped[i] == '\\' && i + 1 < escaped.size() ? escaped[i + 1] : '\0';
    if (next == '\\' || next == '"' || next == 'n') {
      unescaped_ += next == 'n' ? '\n' : next;
      ++i;
    } else {
      unescaped_ += escaped[i];
    }
  }
  return std::string_view(unescaped_).substr(begin);
}

// Up to and with the closing brace.
bool SampleReader::read_labels() {
  while (true) {
    skip_blanks();
    if (take('}')) return true;
    if (!read_label()) return false;
    skip_blanks();
    if (!take(',') && !rest_.starts_with('}')) return false;
  }
}

// name="value", "quoted name"="value", or the quoted name of the sample itself.
bool SampleReader::read_label() {
  const bool quoted = rest_.starts_with('"');
  std::string_view name;
  if (quoted) {
    const std::optional<std::string_view> text = take_quoted();
    if (!text) return false;
    name = *text;
  } else {
    name = take_name();
  }
  if (name.empty()) return false;
  skip_blanks();
  if (!take('=')) {
    if (!quoted || !name_.empty() || !labels_.empty()) return false;
    name_ = name;
    return true;
  }
  skip_blanks();
  const std::optional<std::string_view> value = take_quoted();
  if (!value) return false;
  labels_.push_back({name, *value});
  return true;
}

// The value; behind it a timestamp and an exemplar may stand, which nobody here asks for.
bool SampleReader::read_value() {
  const std::optional<double> value = parse_double(take_token());
  if (!value) return false;
  value_ = *value;
  skip_blanks();
  if (rest_.empty() || rest_.front() == '#') return true;
  if (!parse_double(take_token())) return false;
  skip_blanks();
  return rest_.empty() || rest_.front() == '#';
}

// Blank lines and comments: # HELP, # TYPE, # UNIT, # EOF, or anything else behind a '#'.
bool says_nothing(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first == std::string_view::npos || line[first] == '#';
}

bool is_sane(std::string_view line) {
  return line.size() <= limits::line_bytes && line.find('\0') == std::string_view::npos;
}

}  // namespace

std::string_view Sample::label(std::string_view label_name) const {
  for (const Label& label : labels) {
    if (label.name == label_name) return label.value;
  }
  return {};
}

ExpositionReport read_exposition(std::string_view body,
                                 const std::function<void(const Sample&)>& each) {
  ExpositionReport report;
  Unreadables unreadables;
  SampleReader reader;
  Lines lines(body);
  while (const std::optional<std::string_view> line = lines.next()) {
    if (says_nothing(*line)) continue;
    if (!is_sane(*line) || !reader.read(*line)) {
      unreadables.add(*line);
      continue;
    }
    ++report.samples;
    each(Sample{reader.name(), reader.labels(), reader.value()});
  }
  report.unreadable = unreadables.count();
  report.unreadable_sample = unreadables.sample();
  return report;
}

}  // namespace mesh
