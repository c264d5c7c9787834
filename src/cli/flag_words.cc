// Boost.Program_options splits the command line; what the values mean and every word of the
// messages is ours, because its messages speak of "options" and do not know what was nearly meant.
#include "cli/flag_words.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <utility>

#include "base/nearest_word.h"
#include "base/quoted.h"

namespace mesh {
namespace {

namespace po = boost::program_options;

Error unknown_flag(std::string_view token, std::span<const Flag> flags) {
  const std::string_view word = token.substr(0, token.find('='));
  std::vector<std::string> spellings;
  spellings.reserve(flags.size());
  for (const Flag& flag : flags) spellings.push_back("--" + std::string(flag.name));
  const std::vector<std::string_view> known(spellings.begin(), spellings.end());
  const auto nearest = nearest_word(word, known);
  return Error{"unknown flag " + in_quotes(word) +
               (nearest ? "; did you mean " + std::string(*nearest) + "?" : "; try --help")};
}

po::options_description describe_flags(std::span<const Flag> flags) {
  po::options_description description;
  for (const Flag& flag : flags) {
    const std::string names(flag.name == "help" ? "help,h" : flag.name);
    if (flag.value.empty()) {
      description.add_options()(names.c_str(), "");
    } else {
      description.add_options()(names.c_str(), po::value<std::vector<std::string>>(), "");
    }
  }
  return description;
}

bool is_known_flag(std::string_view token, std::span<const Flag> flags) {
  return token.starts_with("--") &&
         std::ranges::find(flags, token.substr(2), &Flag::name) != flags.end();
}

EmptyValue if_empty(std::string_view name, std::span<const Flag> flags) {
  const auto flag = std::ranges::find(flags, name, &Flag::name);
  return flag != flags.end() ? flag->if_empty : EmptyValue::missing;
}

bool may_be_empty(std::string_view name, std::span<const Flag> flags) {
  return if_empty(name, flags) != EmptyValue::missing;
}

// "--service=" as two words: of one the library says that the value is missing.
std::vector<std::string> with_empty_values(const std::vector<std::string>& line,
                                           std::span<const Flag> flags) {
  std::vector<std::string> words;
  for (const std::string& word : line) {
    const bool empty = word.size() > 3 && word.starts_with("--") && word.ends_with('=') &&
                       may_be_empty(std::string_view(word).substr(2, word.size() - 3), flags);
    words.push_back(empty ? word.substr(0, word.size() - 1) : word);
    if (empty) words.emplace_back();
  }
  return words;
}

// What is wrong with one piece of the command line, if anything.
std::optional<Error> complaint_about(const po::option& piece, std::span<const Flag> flags) {
  const std::string token = piece.original_tokens.empty() ? "" : piece.original_tokens[0];
  if (piece.unregistered) return unknown_flag(token, flags);
  // "--config.file --config.check": the library takes the second for the value of the first.
  const bool is_flag = piece.position_key == -1;
  if (is_flag && !piece.value.empty() &&
      ((piece.value[0].empty() && !may_be_empty(piece.string_key, flags)) ||
       is_known_flag(piece.value[0], flags))) {
    return Error{"--" + piece.string_key + ": the value is missing"};
  }
  return std::nullopt;
}

std::optional<Error> complaint_about_repetition(const FlagValues& values,
                                                std::span<const std::string_view> repeatable) {
  for (const auto& [name, given] : values) {
    if (given.size() > 1 && std::ranges::find(repeatable, name) == repeatable.end()) {
      return Error{"--" + name + ": given " + std::to_string(given.size()) + " times"};
    }
  }
  return std::nullopt;
}

}  // namespace

Result<FlagWords> split_flags(const std::vector<std::string>& line, std::span<const Flag> known,
                              std::span<const std::string_view> repeatable) {
  using namespace po::command_line_style;
  constexpr int style = allow_long | long_allow_adjacent | long_allow_next | allow_short |
                        allow_dash_for_short | short_allow_next;
  const po::options_description description = describe_flags(known);
  FlagWords words;
  try {
    po::command_line_parser parser(with_empty_values(line, known));
    parser.options(description).style(style).allow_unregistered();
    for (const po::option& piece : parser.run().options) {
      if (auto complaint = complaint_about(piece, known)) return *complaint;
      std::string value = piece.value.empty() ? "" : piece.value[0];
      const bool is_flag = piece.position_key == -1;
      if (is_flag && value.empty() && if_empty(piece.string_key, known) == EmptyValue::left_out) {
        continue;
      }
      if (is_flag) {
        words.values[piece.string_key].push_back(std::move(value));
      } else {
        words.arguments.push_back(piece.original_tokens[0]);
      }
    }
  } catch (const po::error_with_option_name& error) {
    // What is left for the library to refuse: no value where there must be one, or the reverse.
    const std::string flag = "--" + error.get_option_name().substr(2);
    const bool is_switch = std::ranges::any_of(known, [&](const Flag& one) {
      return one.value.empty() && flag == "--" + std::string(one.name);
    });
    return Error{flag + (is_switch ? ": takes no value" : ": the value is missing")};
  }
  if (auto complaint = complaint_about_repetition(words.values, repeatable)) return *complaint;
  return words;
}

Error unexpected_argument(std::string_view argument) {
  return Error{"unexpected argument " + in_quotes(argument) + "; try --help"};
}

std::string describe(std::span<const Flag> flags) {
  std::string text;
  for (const Flag& flag : flags) {
    std::string left = "  --" + std::string(flag.name) + std::string(flag.value);
    left.resize(std::max<std::size_t>(left.size() + 2, 36), ' ');
    text += left + std::string(flag.help) + "\n";
  }
  return text;
}

}  // namespace mesh
