// Replays the corpus of the fuzz targets for files of certificates.
#include <gtest/gtest.h>

#include "fuzz/certificate_targets.h"

namespace mesh::certificate_fuzz_corpus_test {
namespace {

class CertificateFuzzCorpus : public testing::TestWithParam<fuzz::Target> {};

TEST_P(CertificateFuzzCorpus, keeps_every_promise) {
  EXPECT_GE(fuzz::replay(GetParam(), MESH_TESTS_DIR "/fuzz/corpus/"), 2);
}

INSTANTIATE_TEST_SUITE_P(Wire, CertificateFuzzCorpus, testing::ValuesIn(fuzz::certificate_targets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace mesh::certificate_fuzz_corpus_test
