// Replays the corpus of the fuzz targets for trust bundles and stores.
#include <gtest/gtest.h>

#include "fuzz/trust_targets.h"

namespace mesh::trust_fuzz_corpus_test {
namespace {

class TrustFuzzCorpus : public testing::TestWithParam<fuzz::Target> {};

TEST_P(TrustFuzzCorpus, keeps_every_promise) {
  EXPECT_GE(fuzz::replay(GetParam(), MESH_TESTS_DIR "/fuzz/corpus/"), 2);
}

INSTANTIATE_TEST_SUITE_P(Wire, TrustFuzzCorpus, testing::ValuesIn(fuzz::trust_targets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace mesh::trust_fuzz_corpus_test
