// Replays the corpus of the fuzz targets: what they promise holds in every build, not only when
// somebody fuzzes.
#include <gtest/gtest.h>

#include "fuzz/net_targets.h"

namespace mesh::fuzz_corpus_test {
namespace {

class HttpFuzzCorpus : public testing::TestWithParam<fuzz::Target> {};

TEST_P(HttpFuzzCorpus, keeps_every_promise) {
  EXPECT_GE(fuzz::replay(GetParam(), MESH_TESTS_DIR "/fuzz/corpus/"), 2);
}

INSTANTIATE_TEST_SUITE_P(Net, HttpFuzzCorpus, testing::ValuesIn(fuzz::net_targets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace mesh::fuzz_corpus_test
