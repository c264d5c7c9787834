// Replays the corpus of the fuzz targets for what gRPC servers say of themselves.
#include <gtest/gtest.h>

#include "fuzz/grpc_targets.h"

namespace mesh::grpc_fuzz_corpus_test {
namespace {

class GrpcFuzzCorpus : public testing::TestWithParam<fuzz::Target> {};

TEST_P(GrpcFuzzCorpus, keeps_every_promise) {
  EXPECT_GE(fuzz::replay(GetParam(), MESH_TESTS_DIR "/fuzz/corpus/"), 2);
}

INSTANTIATE_TEST_SUITE_P(Wire, GrpcFuzzCorpus, testing::ValuesIn(fuzz::grpc_targets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace mesh::grpc_fuzz_corpus_test
