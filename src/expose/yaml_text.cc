// Indentation and quoting; see yaml_text.h. What is quoted is written as JSON writes it, which YAML
// reads the same.
#include "expose/yaml_text.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <string_view>

namespace mesh {
namespace {

namespace json = boost::json;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "15s", "1m30s": no YAML takes that for a number.
bool is_duration(std::string_view text) {
  return !text.empty() && is_digit(text.front()) && is_letter(text.back()) &&
         std::ranges::all_of(text, [](char c) {
           return is_digit(c) || std::string_view("ywdhms").find(c) != std::string_view::npos;
         });
}

bool needs_no_quotes(std::string_view text) {
  constexpr std::array<std::string_view, 8> others{"true", "false", "null", "yes",
                                                   "no",   "on",    "off",  "y"};
  if (is_duration(text)) return true;
  if (text.size() < 2 || !(is_letter(text.front()) || text.front() == '/')) return false;
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return std::ranges::find(others, lower) == others.end() && std::ranges::all_of(text, [](char c) {
           return is_letter(c) || is_digit(c) ||
                  std::string_view("_./-").find(c) != std::string_view::npos;
         });
}

std::string scalar(const json::value& value) {
  if (const auto* text = value.if_string()) {
    const std::string_view view(text->data(), text->size());
    return needs_no_quotes(view) ? std::string(view) : json::serialize(value);
  }
  if (const auto* number = value.if_double()) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), *number).ptr;
    return {digits.data(), end};
  }
  return json::serialize(value);
}

bool is_plain(const json::value& value) { return !value.is_object() && !value.is_array(); }

void write_block(const json::value& value, std::size_t indent, std::string& text);

// What stands behind "key:".
void write_value(const json::value& value, std::size_t indent, std::string& text) {
  if (is_plain(value)) {
    text += " " + scalar(value) + "\n";
  } else if (value.is_array() && std::ranges::all_of(value.get_array(), is_plain)) {
    std::string list;
    for (const json::value& one : value.get_array())
      list += (list.empty() ? "" : ", ") + scalar(one);
    text += " [" + list + "]\n";
  } else if (value.is_object() && value.get_object().empty()) {
    text += " {}\n";
  } else {
    text += "\n";
    write_block(value, indent + 2, text);
  }
}

void write_block(const json::value& value, std::size_t indent, std::string& text) {
  const std::string margin(indent, ' ');
  if (value.is_object()) {
    for (const auto& [key, one] : value.get_object()) {
      text += margin;
      text.append(key.data(), key.size()).append(":");
      write_value(one, indent, text);
    }
    return;
  }
  for (const json::value& one : value.get_array()) {
    std::string element;
    write_block(one, indent + 2, element);
    // The dash stands in the margin of the first line.
    text += margin + "- " + element.substr(std::min(indent + 2, element.size()));
  }
}

}  // namespace

std::string yaml_text(const json::value& value) {
  std::string text;
  write_block(value, 0, text);
  return text;
}

}  // namespace mesh
