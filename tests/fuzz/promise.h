// What every fuzz target is made of: promises that end the program when they are broken, and the
// replay of its corpus, with which an ordinary test run keeps it true.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace mesh::fuzz {

inline void promise(bool kept, const char* words) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", words);
  std::abort();
}

struct Target {
  std::string_view name;  // also of its corpus
  void (*run)(std::string_view);

  // By name in the list of tests, and not by bytes.
  friend void PrintTo(const Target& target, std::ostream* out) { *out << target.name; }
};

// Each seed of the target's folder in `corpus` whole, and cut short everywhere, as connections do.
// Gives the number of seeds.
inline int replay(const Target& target, const std::string& corpus) {
  int seeds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus + std::string(target.name))) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string seed{std::istreambuf_iterator<char>(file), {}};
    for (std::size_t bytes = 0; bytes <= seed.size(); ++bytes) {
      // A copy of just these bytes: what reads beyond them is caught by the sanitizers.
      const std::vector<char> input(seed.begin(),
                                    seed.begin() + static_cast<std::ptrdiff_t>(bytes));
      target.run({input.data(), input.size()});
    }
    ++seeds;
  }
  return seeds;
}

}  // namespace mesh::fuzz
