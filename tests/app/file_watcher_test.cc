// The file watcher over real files: what it publishes of good ones, bad ones and renewed ones.
#include "app/file_watcher.h"

#include "base/limits.h"
#include "scrape/certificate_directory.h"

namespace mesh::file_watcher_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FileWatcherTest : public CertificateDirectory {
 protected:
  void follow(const std::string& pattern) {
    CertificatesConfig config;
    config.files.emplace_back();
    config.files.back().paths = {path(pattern)};
    watcher_.emplace(io_.get_executor(), config);
    watcher_->start();
    ASSERT_TRUE(run_until([&] { return watcher_->all_looked(); }));
  }

  // "one.pem: a rotated 1", by file and certificate.
  std::vector<std::string> published() const {
    std::vector<std::string> lines;
    for (const auto& place : watcher_->shown()->places) {
      for (const KnownCertificate& known : place->known) {
        lines.push_back(fs::path(place->location).filename().string());
        lines.back().append(": ").append(known.in_use.subject_common_name);
        lines.back().append(" rotated ").append(std::to_string(known.rotations));
      }
    }
    return lines;
  }

  std::vector<std::string> remarkable() const {
    std::vector<std::string> lines;
    for (const auto& file : watcher_->files()->remarkable) {
      lines.push_back(fs::path(file->path).filename().string());
      lines.back().append(": ").append(file->error);
    }
    return lines;
  }

  std::optional<FileWatcher> watcher_;
};

std::string users(int serial) {
  X509Maker maker;
  maker.serial(serial).subject("CN", "users").valid("20260101000000Z", "20270101000000Z");
  return pem(maker.der());
}

TEST_F(FileWatcherTest, says_no_more_of_good_files_than_their_certificates) {
  write("one.pem", users(1));
  write("two.pem", leaf("b"));
  follow("*.pem");
  EXPECT_THAT(published(), ElementsAre("one.pem: users rotated 0", "two.pem: b rotated 0"));
  EXPECT_THAT(remarkable(), IsEmpty());
  EXPECT_EQ(watcher_->files()->files, 2u);
}

TEST_F(FileWatcherTest, counts_a_rotation_of_a_renewed_file_and_goes_on_after_a_bad_one) {
  write("one.pem", users(1));
  follow("*.pem");
  write_elsewhere_and_move("one.pem", users(2));
  EXPECT_TRUE(run_until([&] { return published().at(0) == "one.pem: users rotated 1"; }));
  write_elsewhere_and_move("one.pem", "hello");
  EXPECT_TRUE(run_until([&] { return watcher_->files()->kept == 1; }));
  EXPECT_THAT(published(), ElementsAre("one.pem: users rotated 1")) << "what was read stays";
  EXPECT_THAT(remarkable(),
              ElementsAre("one.pem: no certificate: looks like text without a certificate"));
  write_elsewhere_and_move("one.pem", users(3));
  EXPECT_TRUE(run_until([&] { return published().at(0) == "one.pem: users rotated 2"; }));
  EXPECT_THAT(remarkable(), IsEmpty());
  EXPECT_EQ(watcher_->files()->kept, 0u);
}

TEST_F(FileWatcherTest, counts_what_cannot_be_read_and_forgets_what_is_gone) {
  write("bad.pem", "hello");
  write("good.pem", leaf("a"));
  write("part.pem", leaf("b") + "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n");
  follow("*.pem");
  EXPECT_EQ(watcher_->files()->files, 3u);
  EXPECT_EQ(watcher_->files()->unreadable, 2u);
  EXPECT_EQ(watcher_->files()->kept, 0u);
  EXPECT_EQ(remarkable().size(), 2u);
  fs::remove(path("part.pem"));
  EXPECT_TRUE(run_until([&] { return watcher_->files()->files == 2; }));
  EXPECT_THAT(published(), ElementsAre("good.pem: a rotated 0"));
}

// A directory in the place of a file has no certificates, and a file in its place again begins.
TEST_F(FileWatcherTest, shows_nothing_of_what_is_no_file_any_more) {
  write("one.pem", users(1));
  follow("*.pem");
  fs::remove(path("one.pem"));
  fs::create_directory(path("one.pem"));
  EXPECT_TRUE(run_until([&] { return watcher_->files()->unreadable == 1; }));
  EXPECT_THAT(published(), IsEmpty());
  EXPECT_THAT(remarkable(), ElementsAre("one.pem: is a directory"));
}

}  // namespace
}  // namespace mesh::file_watcher_test
