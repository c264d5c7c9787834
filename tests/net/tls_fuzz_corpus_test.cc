// Replays the corpus of the fuzz targets for what a TLS server sends.
#include <gtest/gtest.h>

#include "fuzz/tls_targets.h"

namespace mesh::tls_fuzz_corpus_test {
namespace {

class TlsFuzzCorpus : public testing::TestWithParam<fuzz::Target> {};

TEST_P(TlsFuzzCorpus, keeps_every_promise) {
  EXPECT_GE(fuzz::replay(GetParam(), MESH_TESTS_DIR "/fuzz/corpus/"), 2);
}

INSTANTIATE_TEST_SUITE_P(Net, TlsFuzzCorpus, testing::ValuesIn(fuzz::tls_targets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace mesh::tls_fuzz_corpus_test
