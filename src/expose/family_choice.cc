// Reads collect[] and exclude[] from a query, in whatever order they stand there.
#include "expose/family_choice.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/text.h"
#include "base/url_encoding.h"

namespace mesh {
namespace {

std::optional<Section> section_of(std::string_view name) {
  for (std::size_t i = 0; i < section_count; ++i) {
    if (to_string(Section{static_cast<int>(i)}) == name) return Section{static_cast<int>(i)};
  }
  return std::nullopt;
}

Error unknown_group(std::string_view parameter, std::string_view name) {
  std::string words(parameter);
  words.append("=").append(name).append(": there is no such group of metrics; there are ");
  for (std::size_t i = 0; i < section_count; ++i) {
    words.append(i == 0 ? "" : ", ").append(to_string(Section{static_cast<int>(i)}));
  }
  return Error{std::move(words)};
}

}  // namespace

Result<FamilyChoice> FamilyChoice::parse(std::string_view query) {
  std::bitset<section_count> collected, excluded;
  while (!query.empty()) {
    const std::string_view part = take_piece(query, '&');
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::optional<std::string> name = percent_decode(part.substr(0, equals));
    const bool collects = name == "collect[]";
    if (!collects && name != "exclude[]") continue;
    const std::string_view raw = part.substr(std::min(equals + 1, part.size()));
    const std::optional<Section> section = section_of(percent_decode(raw).value_or(""));
    if (!section) return unknown_group(*name, raw);
    (collects ? collected : excluded).set(static_cast<std::size_t>(*section));
  }
  if (collected.any() && excluded.any()) {
    return Error{"collect[] and exclude[] cannot be combined: name the groups to have or to omit"};
  }
  FamilyChoice choice;
  choice.chosen_ = collected.any() ? collected : ~excluded;
  return choice;
}

}  // namespace mesh
