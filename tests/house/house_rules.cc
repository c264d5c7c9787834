// The rules one by one, in the order in which their complaints come.
#include "house/house_rules.h"

#include <algorithm>
#include <iterator>
#include <regex>

namespace mesh::house {
namespace {

struct Include {
  int line;
  bool angled;
  std::string path;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::vector<Include> includes_of(const SourceFile& file) {
  static const std::regex include(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*$)");
  std::vector<Include> includes;
  int number = 0;
  for (const std::string& line : lines_of(file.text)) {
    ++number;
    std::smatch match;
    if (!std::regex_match(line, match, include)) continue;
    includes.push_back({number, match[1] == "<", match[2]});
  }
  return includes;
}

bool begins_with_one_of(std::string_view path, std::string_view words) {
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    if (path.starts_with(words.substr(0, end))) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

void check_direction(const SourceFile& file, Complaints& complaints) {
  const std::string own = room_of(file.path);
  if (own.empty()) return;
  const auto room = std::ranges::find(rooms, own, &Room::name);
  if (room == rooms.end()) {
    complaints.push_back(file.path + ": no room is called " + own);
    return;
  }
  for (const Include& include : includes_of(file)) {
    if (include.angled) continue;
    std::string other = include.path.substr(0, include.path.find('/'));
    if (other == own) continue;
    if (include.path == "config/config.h") other = "config.h";
    // The one file of expose that speaks to the server.
    if (other == "net" && file.path.starts_with("src/expose/routes.")) continue;
    if (room->below.find(" " + other + " ") != std::string_view::npos) continue;
    complaints.push_back(file.path + ":" + std::to_string(include.line) + ": " + own +
                         " must not include " + include.path);
  }
}

void check_fences(const SourceFile& file, Complaints& complaints) {
  if (!file.path.starts_with("src/")) return;
  for (const Include& include : includes_of(file)) {
    for (const Fence& fence : fences) {
      if (!include.path.starts_with(fence.include)) continue;
      if (begins_with_one_of(file.path, fence.inside)) continue;
      complaints.push_back(file.path + ":" + std::to_string(include.line) + ": " + include.path +
                           " belongs in " + std::string(fence.inside) + " only");
    }
  }
}

// The opening comment, as far as it goes without a line that is none.
std::size_t words_of_opening(const SourceFile& file) {
  std::size_t words = 0;
  for (const std::string& line : lines_of(file.text)) {
    if (!line.starts_with("//")) break;
    static const std::regex word("[A-Za-z]+[^ ]*");
    words += std::distance(std::sregex_iterator(line.begin(), line.end(), word), {});
  }
  return words;
}

// "See human.h." is no opening; a sentence of this many words may be one.
void check_opening(const SourceFile& file, Complaints& complaints) {
  const std::size_t fewest = file.path.starts_with("src/") ? 5 : 3;
  if (words_of_opening(file) >= fewest) return;
  complaints.push_back(file.path + ":1: does not open with a comment that says what it is");
}

void check_shape(const SourceFile& file, Complaints& complaints) {
  const auto lines = lines_of(file.text);
  if (lines.size() > 300) {
    complaints.push_back(file.path + ": has " + std::to_string(lines.size()) +
                         " lines; more than 300 are two files");
  }
  if (file.path.ends_with(".h") && std::ranges::count(lines, "#pragma once") != 1) {
    complaints.push_back(file.path + ": is a header without #pragma once");
  }
}

// From `co_await` to the end of its expression: the operand, with what is called and given.
std::string_view operand_at(std::string_view text, std::size_t begin) {
  int depth = 0;
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth < 0) return text.substr(begin, i - begin);
    if (depth == 0 && text[i] == ';') return text.substr(begin, i - begin);
  }
  return text.substr(begin);
}

void check_awaits(const SourceFile& file, Complaints& complaints) {
  static const std::regex no_code(R"re("(\\.|[^"\\\n])*"|'(\\.|[^'\\\n])'|//[^\n]*)re");
  static const std::regex keyword("\\bco_await\\b");
  static const std::regex lambda(R"([(,]\s*\[)");
  static const std::regex in_braces(R"(\{[^\s{};][^{};]*$|[\w>]\{$)");
  static const std::regex in_conditional(R"(\?[^;{}]*$)");
  const std::string code = std::regex_replace(file.text, no_code, "");
  for (std::sregex_iterator found(code.begin(), code.end(), keyword), end; found != end; ++found) {
    const auto at = static_cast<std::size_t>(found->position());
    const std::string operand(operand_at(code, at + std::string_view("co_await").size()));
    const auto statement = code.find_last_of(";\n", at);
    const std::string before = code.substr(statement == code.npos ? 0 : statement, at - statement);
    std::string_view wrong;
    if (operand.find('{') != operand.npos) wrong = "makes a braced value or a lambda";
    if (std::regex_search(operand, lambda)) wrong = "makes a lambda";
    if (operand.find("co_await") != operand.npos) wrong = "has another one inside";
    if (std::regex_search(before, in_braces)) wrong = "stands in braces";
    if (std::regex_search(before, in_conditional)) wrong = "stands in a conditional";
    if (operand.find('?') != operand.npos) wrong = "has a conditional inside";
    if (wrong.empty()) continue;
    const auto line = 1 + std::count(code.begin(), code.begin() + found->position(), '\n');
    complaints.push_back(file.path + ":" + std::to_string(line) + ": this co_await " +
                         std::string(wrong) + "; name the operands first");
  }
}

}  // namespace

std::string room_of(const std::string& path) {
  static const std::regex in_room("src/([^/]+)/.*");
  std::smatch match;
  return std::regex_match(path, match, in_room) ? match[1].str() : "";
}

Complaints complaints_about(const SourceFile& file) {
  Complaints complaints;
  check_direction(file, complaints);
  check_fences(file, complaints);
  check_opening(file, complaints);
  check_shape(file, complaints);
  check_awaits(file, complaints);
  return complaints;
}

}  // namespace mesh::house
