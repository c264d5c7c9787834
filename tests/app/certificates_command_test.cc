// What the command says of places that are not as they should be.
#include "app/certificates_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "base/limits.h"
#include "support/certificates.h"
#include "support/tls_server.h"

namespace mesh::certificates_command_test {
namespace {

using support::mint;
using support::Minted;
using support::MintWish;
using support::TlsServer;
using ::testing::EndsWith;
using ::testing::HasSubstr;

// A directory of the test that goes away with it.
class CertificatesCommand : public ::testing::Test {
 protected:
  CertificatesCommand() { std::filesystem::create_directories(directory_); }
  ~CertificatesCommand() override { std::filesystem::remove_all(directory_); }

  void look_at(const std::string& name, const std::string& content) {
    const std::string path = directory_ + name;
    std::ofstream(path) << content;
    CertificatesFlags flags;
    flags.files = {path};
    outcome_ = show_certificates(flags, std::nullopt, out_, err_);
  }

  CertificatesOutcome outcome_ = CertificatesOutcome::shown;
  std::ostringstream out_, err_;

  std::string directory_ = ::testing::TempDir() + "command-" + std::to_string(::getpid()) + "/";
};

TEST_F(CertificatesCommand, lets_no_file_name_steer_the_terminal) {
  look_at("a\x1b[31m\n.pem", "hello");
  EXPECT_EQ(outcome_, CertificatesOutcome::incomplete);
  EXPECT_THAT(err_.str(), EndsWith("/a\uFFFD[31m\uFFFD.pem: no certificate: looks like text "
                                   "without a certificate\n"));
}

TEST_F(CertificatesCommand, tells_the_rotation_point_of_the_issuer_of_a_file) {
  const std::string path = directory_ + "tls.pem";
  std::ofstream(path) << mint(MintWish{}).pem;
  Config config;
  config.certificates.files.resize(1);
  config.certificates.files[0].paths = {path};
  config.certificates.files[0].issuer = "cert-manager";
  CertificatesFlags flags;
  flags.config_file = "named";
  flags.json = true;
  show_certificates(flags, config, out_, err_);
  EXPECT_THAT(out_.str(), HasSubstr("\"role\":\"leaf\""));
  EXPECT_THAT(out_.str(), HasSubstr("\"rotation_point\":6.66"));
}

TEST_F(CertificatesCommand, says_that_a_file_of_the_configuration_is_not_there) {
  Config config;
  config.certificates.files.resize(1);
  config.certificates.files[0].paths = {directory_ + "gone.pem", directory_ + "none-*.pem"};
  EXPECT_EQ(show_certificates({}, config, out_, err_), CertificatesOutcome::incomplete);
  EXPECT_EQ(err_.str(), "mesh_exporter: " + directory_ + "gone.pem: no such file\n");
  EXPECT_EQ(out_.str(), "no certificates\n");
}

TEST_F(CertificatesCommand, does_not_succeed_where_its_output_is_lost) {
  out_.setstate(std::ios::badbit);
  look_at("a.pem", mint(MintWish{}).pem);
  EXPECT_EQ(outcome_, CertificatesOutcome::incomplete);
  EXPECT_THAT(err_.str(), EndsWith("the output could not be written\n"));
}

TEST_F(CertificatesCommand, calls_a_server_whose_certificate_names_nobody_by_its_address) {
  TlsServer server(mint(MintWish{}));
  const std::string address = to_string(server.address());
  CertificatesFlags flags;
  flags.connect = {server.address()};
  flags.json = true;
  EXPECT_EQ(show_certificates(flags, std::nullopt, out_, err_), CertificatesOutcome::shown);
  EXPECT_THAT(out_.str(), HasSubstr("\"certificate\":\"" + address + "\""));
}

TEST_F(CertificatesCommand, says_that_a_bundle_is_not_shown_as_a_whole) {
  std::string bundle;
  MintWish wish;
  const Minted first = mint(wish);
  for (std::size_t i = 0; i < limits::certificates_per_place + 3; ++i) {
    wish.common_name = std::to_string(i);
    bundle += mint(wish, &first, &first).pem;
  }
  look_at("bundle.pem", bundle);
  EXPECT_EQ(outcome_, CertificatesOutcome::incomplete);
  EXPECT_THAT(err_.str(), HasSubstr(": 3 certificates are left out, those that expire last\n"));
}

}  // namespace
}  // namespace mesh::certificates_command_test
