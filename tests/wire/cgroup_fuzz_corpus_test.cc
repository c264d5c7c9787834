// Replays the corpus of the fuzz targets for control groups.
#include <gtest/gtest.h>

#include "fuzz/cgroup_targets.h"

namespace mesh::cgroup_fuzz_corpus_test {
namespace {

class CgroupFuzzCorpus : public testing::TestWithParam<fuzz::Target> {};

TEST_P(CgroupFuzzCorpus, keeps_every_promise) {
  EXPECT_GE(fuzz::replay(GetParam(), MESH_TESTS_DIR "/fuzz/corpus/"), 2);
}

INSTANTIATE_TEST_SUITE_P(Wire, CgroupFuzzCorpus, testing::ValuesIn(fuzz::cgroup_targets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace mesh::cgroup_fuzz_corpus_test
