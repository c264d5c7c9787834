// Reading and complaining. Every complaint has the same shape, made in one place, so that people
// (and editors that parse FILE:LINE:COLUMN) get used to it.
#include "config/fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/duration.h"
#include "base/nearest_word.h"
#include "config/cited.h"
#include "config/whole_number.h"

namespace mesh {
namespace {

using Kind = YamlNode::Kind;

// Longer than any honest value: URLs have up to 8 KiB of path.
constexpr std::size_t longest_text = 16 * 1024;

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::null: return "no value";
    case Kind::scalar: return "a single value";
    case Kind::list: return "a list";
    case Kind::map: return "a mapping";
  }
  return "";
}

std::string spell(CountRange range) {
  return "from " + std::to_string(range.least) + " to " + std::to_string(range.most);
}

}  // namespace

Fields::Fields(Field field, std::span<const std::string_view> known, const Environment& environment,
               Problems& problems)
    : self_(std::move(field)), environment_(environment), problems_(problems) {
  want_mapping("the keys " + one_of(known));
  for (const YamlNode::Entry& entry : self_.node->entries) {
    if (std::ranges::find(known, entry.key) != known.end()) continue;
    const auto nearest = nearest_word(entry.key, known);
    std::string what = "unknown key " + cited(entry.key) + "; ";
    if (nearest) what += "did you mean " + std::string(*nearest) + "? ";
    complain({entry.value, entry.at, self_.path}, what + "expected " + one_of(known));
  }
}

Fields::Fields(Field field, const Environment& environment, Problems& problems)
    : self_(std::move(field)), environment_(environment), problems_(problems) {
  want_mapping("KEY: VALUE");
}

void Fields::want_mapping(std::string_view expected) const {
  const Kind kind = self_.node->kind;
  if (kind != Kind::scalar && kind != Kind::list) return;
  std::string found(name_of(kind));
  // A file that is one word as a whole is no configuration, and may be somebody's secret.
  const bool is_file = self_.path.empty();
  if (kind == Kind::scalar && !is_file) found = cited(self_.node->text);
  complain(self_, found.append(" is no mapping; expected ").append(expected));
}

Field Fields::field_of(const YamlNode::Entry& entry) const {
  std::string path = self_.path.empty() ? "" : self_.path + ".";
  const std::string told = cited(entry.key);
  path += told == '"' + entry.key + '"' ? entry.key : told;
  // A value that is not there has its place at its key.
  const bool is_null = entry.value->kind == Kind::null && entry.value->text.empty();
  return {entry.value, is_null ? entry.at : entry.value->at, std::move(path)};
}

std::vector<std::pair<std::string_view, Field>> Fields::all() const {
  std::vector<std::pair<std::string_view, Field>> fields;
  for (const YamlNode::Entry& entry : self_.node->entries) {
    fields.emplace_back(entry.key, field_of(entry));
  }
  return fields;
}

std::optional<Field> Fields::find(std::string_view key) const {
  const auto& entries = self_.node->entries;
  const auto entry = std::ranges::find(entries, key, &YamlNode::Entry::key);
  if (entry == entries.end()) return std::nullopt;
  return field_of(*entry);
}

std::optional<Expanded> Fields::expanded(const Field& field, std::string_view expected) const {
  const YamlNode& node = *field.node;
  if (node.kind == Kind::null && !node.text.empty()) {
    complain(field, node.text, "is no value to YAML", expected);
    return std::nullopt;
  }
  if (node.kind != Kind::scalar) {
    complain(field, std::string(name_of(node.kind)) + "; expected " + std::string(expected));
    return std::nullopt;
  }
  if (node.text.size() > longest_text) {
    complain(field, node.text, "is too long", expected);
    return std::nullopt;
  }
  auto all = expand(node.text, environment_);
  if (!all) {
    complain(field, all.error().message);
    return std::nullopt;
  }
  if (all->text.size() > longest_text) {
    complain(field, without_values(*all, 0), "is too long", expected);
    return std::nullopt;
  }
  // Written as "\0". Names of files and hosts would end there unseen.
  if (all->text.find('\0') != std::string::npos) {
    complain(field, without_values(*all, 0), "has a zero byte", expected);
    return std::nullopt;
  }
  return std::move(*all);
}

std::optional<std::string> Fields::text(const Field& field, std::string_view expected) const {
  auto all = expanded(field, expected);
  if (!all) return std::nullopt;
  return std::move(all->text);
}

std::optional<std::string> Fields::text(std::string_view key, std::string_view expected) const {
  const auto field = find(key);
  if (!field) return std::nullopt;
  return text(*field, expected);
}

std::optional<std::uint64_t> Fields::count(std::string_view key, CountRange range) const {
  const std::string expected = "a number " + spell(range);
  const auto word = text(key, expected);
  if (!word) return std::nullopt;
  WholeNumber number = parse_whole_number(*word);
  const bool within = range.least <= number.value && number.value <= range.most;
  if (number.wrong.empty() && !within) number.wrong = "is out of range";
  if (number.wrong.empty()) return number.value;
  complain(*find(key), *word, number.wrong, expected);
  return std::nullopt;
}

std::optional<double> Fields::share(std::string_view key) const {
  return between(key, 0, 1, "a share between 0 and 1, such as 0.5");
}

std::optional<double> Fields::factor(std::string_view key) const {
  return between(key, 1, 1000, "a factor above 1, such as 1.5");
}

// Both ends excluded.
std::optional<double> Fields::between(std::string_view key, double least, double most,
                                      std::string_view expected) const {
  const auto word = text(key, expected);
  if (!word) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), value);
  std::string_view wrong;
  if (error != std::errc() || end != word->data() + word->size() || !std::isfinite(value)) {
    wrong = "is no number";
  } else if (value <= least || value >= most) {
    wrong = "is out of range";
  }
  if (wrong.empty()) return value;
  complain(*find(key), *word, wrong, expected);
  return std::nullopt;
}

std::optional<std::uint64_t> Fields::bytes(std::string_view key, CountRange range) const {
  const std::string expected = "bytes, such as 67108864, 512KiB or 64MiB, " + spell(range);
  const auto word = text(key, expected);
  if (!word) return std::nullopt;
  WholeNumber number = parse_bytes(*word);
  const bool within = range.least <= number.value && number.value <= range.most;
  if (number.wrong.empty() && !within) number.wrong = "is out of range";
  if (number.wrong.empty()) return number.value;
  complain(*find(key), *word, number.wrong, expected);
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> Fields::duration(std::string_view key,
                                                          DurationRange range) const {
  const std::string expected = "a duration such as 15s or 1m30s, from " +
                               format_duration(range.least) + " to " + format_duration(range.most);
  const auto word = text(key, expected);
  if (!word) return std::nullopt;
  const auto parsed = parse_duration(*word);
  if (!parsed) {
    complain(*find(key), *word, "is " + parsed.error().message, expected);
    return std::nullopt;
  }
  if (*parsed < range.least || *parsed > range.most) {
    complain(*find(key), *word, "is out of range", expected);
    return std::nullopt;
  }
  return *parsed;
}

std::optional<std::vector<Field>> Fields::list(std::string_view key,
                                               std::string_view expected) const {
  const auto field = find(key);
  if (!field) return std::nullopt;
  if (field->node->kind != Kind::list) {
    std::string found(name_of(field->node->kind));
    if (field->node->kind == Kind::scalar) found = cited(field->node->text);
    complain(*field, found + "; expected " + std::string(expected));
    return std::nullopt;
  }
  std::vector<Field> elements;
  for (const YamlNode* item : field->node->items) {
    std::string path = field->path + "[" + std::to_string(elements.size()) + "]";
    elements.push_back({item, item->at, std::move(path)});
  }
  return elements;
}

std::optional<Field> Fields::said(std::string_view key) const {
  auto field = find(key);
  if (field && field->node->kind == Kind::null) return std::nullopt;
  return field;
}

std::optional<Field> Fields::given(std::string_view key) const {
  auto field = find(key);
  const bool may_be_empty =
      field && (field->node->kind == Kind::null || field->node->kind == Kind::scalar);
  if (may_be_empty && field->node->text.empty()) return std::nullopt;
  return field;
}

// What YAML 1.2 takes for a truth value.
std::optional<bool> Fields::truth(std::string_view key) const {
  constexpr std::array<std::string_view, 2> words{"true", "false"};
  const auto word = text(key, "true or false");
  if (!word || !is_one_of(*find(key), *word, words)) return std::nullopt;
  return *word == "true";
}

std::optional<bool> Fields::loose_truth(std::string_view key) const {
  constexpr std::array<std::string_view, 11> yes{"true", "True", "TRUE", "yes", "Yes", "YES",
                                                 "on",   "On",   "ON",   "y",   "Y"};
  constexpr std::array<std::string_view, 11> no{"false", "False", "FALSE", "no", "No", "NO",
                                                "off",   "Off",   "OFF",   "n",  "N"};
  const auto field = said(key);
  const auto word = field ? text(*field, "true or false") : std::nullopt;
  if (!word) return std::nullopt;
  if (std::ranges::find(yes, *word) != yes.end()) return true;
  if (std::ranges::find(no, *word) != no.end()) return false;
  return truth(key);
}

bool Fields::is_one_of(const Field& field, const std::string& word,
                       std::span<const std::string_view> known) const {
  if (std::ranges::find(known, word) != known.end()) return true;
  const auto nearest = nearest_word(word, known);
  complain(field, word,
           nearest ? "is unknown; did you mean " + std::string(*nearest) + "?" : "is unknown",
           one_of(known));
  return false;
}

void Fields::complain(const Field& field, std::string_view value, std::string_view wrong,
                      std::string_view expected) const {
  std::string what = cited(value);
  if (value != field.node->text) what += " (from " + cited(field.node->text) + ")";
  what += ' ';
  what += wrong;
  what += wrong.ends_with('?') ? " expected " : "; expected ";
  what += expected;
  complain(field, what);
}

void Fields::complain(const Field& field, std::string_view what) const {
  std::string line = field.path;
  if (!line.empty()) line += ": ";
  line += what;
  problems_.add(field.at, std::move(line));
}

}  // namespace mesh
