// "Did you mean …?": which known word somebody probably wanted to write. For flags and
// configuration keys, where a typo otherwise sends people to the manual.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mesh {

// The known word with the fewest typos in between (a letter wrong, missing, too much, or two
// swapped; case does not count), if at most a third of the letters are wrong.
std::optional<std::string_view> nearest_word(std::string_view word,
                                             std::span<const std::string_view> known);

// "a, b or c", for "expected …".
std::string one_of(std::span<const std::string_view> words);

}  // namespace mesh
