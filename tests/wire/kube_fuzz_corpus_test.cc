// Replays the corpus of the fuzz targets for what an API server sends about pods.
#include <gtest/gtest.h>

#include "fuzz/kube_targets.h"

namespace mesh::kube_fuzz_corpus_test {
namespace {

class KubeFuzzCorpus : public testing::TestWithParam<fuzz::Target> {};

TEST_P(KubeFuzzCorpus, keeps_every_promise) {
  EXPECT_GE(fuzz::replay(GetParam(), MESH_TESTS_DIR "/fuzz/corpus/"), 2);
}

INSTANTIATE_TEST_SUITE_P(Wire, KubeFuzzCorpus, testing::ValuesIn(fuzz::kube_targets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace mesh::kube_fuzz_corpus_test
