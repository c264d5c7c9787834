// Replays the corpus of the fuzz targets: what they promise holds in every build, not only when
// somebody fuzzes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/targets.h"

namespace mesh {
namespace {

class FuzzCorpus : public testing::TestWithParam<fuzz::Target> {};

// Each seed whole, and cut short everywhere, as connections do.
TEST_P(FuzzCorpus, keeps_every_promise) {
  const std::string directory =
      std::string(MESH_TESTS_DIR "/fuzz/corpus/") + std::string(GetParam().name);
  int seeds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    SCOPED_TRACE(entry.path());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string seed{std::istreambuf_iterator<char>(file), {}};
    for (std::size_t bytes = 0; bytes <= seed.size(); ++bytes) {
      // A copy of just these bytes: what reads beyond them is caught by the sanitizers.
      const std::vector<char> input(seed.begin(),
                                    seed.begin() + static_cast<std::ptrdiff_t>(bytes));
      GetParam().run({input.data(), input.size()});
    }
    ++seeds;
  }
  EXPECT_GE(seeds, 2);
}

INSTANTIATE_TEST_SUITE_P(Wire, FuzzCorpus, testing::ValuesIn(fuzz::targets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace mesh
