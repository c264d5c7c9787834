// Files on a real file system, changed in all the ways in which certificates are renewed.
#include "scrape/certificate_files.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "scrape/certificate_directory.h"
#include "wire/pkcs12_maker.h"

namespace mesh::certificate_files_test {
namespace {

using CertificateFilesTest = CertificateDirectory;
using std::chrono::milliseconds;

TEST_F(CertificateFilesTest, reads_what_the_globs_match) {
  write("a/one.pem", leaf("a1"));
  write("a/two.pem", leaf("a2") + leaf("a3"));
  write("b/one.pem", leaf("b1"));
  write("b/one.txt", leaf("not this"));
  write(".hidden/one.pem", leaf("nor this"));
  watch({{"*/*.pem", ""}});
  EXPECT_EQ(shown(), (Shown{{"a/one.pem", "a1"}, {"a/two.pem", "a2 a3"}, {"b/one.pem", "b1"}}));
  EXPECT_EQ(watching_->files_watched(), 3u);
  EXPECT_EQ(watching_->files_read(), 3u);
  EXPECT_EQ(changes_, 1);
}

TEST_F(CertificateFilesTest, tells_each_certificate_the_path_of_its_file) {
  write("one.pem", leaf("a"));
  watch({{"one.pem", ""}});
  EXPECT_EQ(states_.at(path("one.pem")).certificates.at(0).path, path("one.pem"));
}

TEST_F(CertificateFilesTest, says_so_when_a_glob_matches_nothing) {
  watch({{"*.pem", ""}});
  EXPECT_EQ(shown(), Shown{});
  EXPECT_THAT(watching_->warnings(), testing::ElementsAre(path("*.pem") + " matches no file"));
  EXPECT_EQ(changes_, 1);
}

TEST_F(CertificateFilesTest, counts_a_file_once_that_two_globs_match) {
  write("one.pem", leaf("a"));
  watch({{"o*.pem", ""}, {"*.pem", ""}});
  EXPECT_EQ(shown(), (Shown{{"one.pem", "a"}}));
  EXPECT_EQ(states_.at(path("one.pem")).pattern, 0u);
  EXPECT_EQ(watching_->files_read(), 1u);
}

TEST_F(CertificateFilesTest, sees_a_file_that_is_moved_over_the_old_one) {
  write("in/one.pem", leaf("old"));
  watch({{"in/*.pem", ""}});
  write_elsewhere_and_move("in/one.pem", leaf("new"));
  expect_soon({{"in/one.pem", "new"}});
}

TEST_F(CertificateFilesTest, sees_a_file_that_is_written_anew_in_place) {
  write("one.pem", leaf("old"));
  watch({{"*.pem", ""}});
  write("one.pem", leaf("new"));
  expect_soon({{"one.pem", "new"}});
}

TEST_F(CertificateFilesTest, sees_a_file_that_is_deleted_and_one_that_appears) {
  write("one.pem", leaf("a"));
  watch({{"*.pem", ""}});
  fs::remove(path("one.pem"));
  expect_soon({});
  write("two.pem", leaf("b"));
  expect_soon({{"two.pem", "b"}});
}

TEST_F(CertificateFilesTest, sees_directories_that_did_not_exist_at_the_start) {
  watch({{"later/*/deep/tls.crt", ""}});
  write("later/shop/deep/tls.crt", leaf("a"));
  expect_soon({{"later/shop/deep/tls.crt", "a"}});
  write("later/cart/deep/tls.crt", leaf("b"));
  expect_soon({{"later/cart/deep/tls.crt", "b"}, {"later/shop/deep/tls.crt", "a"}});
}

TEST_F(CertificateFilesTest, sees_a_directory_that_is_moved_away_and_back) {
  write("in/shop/tls.crt", leaf("a"));
  watch({{"in/*/tls.crt", ""}});
  fs::rename(path("in/shop"), path("aside"));
  expect_soon({});
  write("aside/tls.crt", leaf("b"));
  fs::rename(path("aside"), path("in/cart"));
  expect_soon({{"in/cart/tls.crt", "b"}});
  write("in/cart/tls.crt", leaf("c"));
  expect_soon({{"in/cart/tls.crt", "c"}});
}

// As the kubelet's AtomicWriter does it.
class Mounted : public CertificateDirectory {
 protected:
  void swap(const std::string& version, const std::string& text) {
    const std::string before =
        fs::is_symlink(path("certs/..data")) ? fs::read_symlink(path("certs/..data")).string() : "";
    write("certs/.." + version + "/tls.crt", text);
    fs::create_symlink(".." + version, path("certs/..data_tmp"));
    fs::rename(path("certs/..data_tmp"), path("certs/..data"));
    if (!fs::is_symlink(path("certs/tls.crt"))) {
      fs::create_symlink("..data/tls.crt", path("certs/tls.crt"));
    }
    if (!before.empty()) fs::remove_all(root_ / "certs" / before);
  }
};

TEST_F(Mounted, sees_every_swap_of_a_secret_that_kubernetes_mounts) {
  swap("2026_11_24_1", leaf("v1"));
  watch({{"certs/*.crt", ""}});
  EXPECT_EQ(shown(), (Shown{{"certs/tls.crt", "v1"}}));
  for (const char* version : {"v2", "v3", "v4"}) {
    swap(std::string("2026_11_24_") + version, leaf(version));
    expect_soon({{"certs/tls.crt", version}});
  }
  EXPECT_EQ(watching_->read_errors(), 0u);
}

TEST_F(CertificateFilesTest, sees_a_change_behind_symlinks_to_other_directories) {
  write("releases/1/tls.crt", leaf("r1"));
  write("releases/2/tls.crt", leaf("r2"));
  fs::create_directory_symlink(path("releases/1"), path("current"));
  fs::create_directories(path("in"));
  fs::create_symlink("../current/tls.crt", path("in/tls.crt"));
  watch({{"in/tls.crt", ""}, {"current/*.crt", ""}});
  EXPECT_EQ(shown(), (Shown{{"current/tls.crt", "r1"}, {"in/tls.crt", "r1"}}));
  fs::create_directory_symlink(path("releases/2"), path("next"));
  fs::rename(path("next"), path("current"));
  expect_soon({{"current/tls.crt", "r2"}, {"in/tls.crt", "r2"}});
  write("releases/2/tls.crt", leaf("r3"));
  expect_soon({{"current/tls.crt", "r3"}, {"in/tls.crt", "r3"}});
}

TEST_F(CertificateFilesTest, keeps_the_last_good_content_of_a_file_that_turns_to_garbage) {
  write("one.pem", leaf("a"));
  write("two.pem", leaf("b"));
  watch({{"*.pem", ""}});
  write("one.pem", "hello\n");
  expect_soon(
      {{"one.pem", "a (no certificate: looks like text without a certificate)"}, {"two.pem", "b"}});
  EXPECT_EQ(watching_->read_errors(), 1u);
  write("one.pem", "");
  expect_soon({{"one.pem", "a (is empty)"}, {"two.pem", "b"}});
  write("one.pem", leaf("c"));
  expect_soon({{"one.pem", "c"}, {"two.pem", "b"}});
}

TEST_F(CertificateFilesTest, names_what_is_no_file_and_waits_for_none_of_it) {
  mkfifo(path("fifo.pem").c_str(), 0600);
  fs::create_directory(path("directory.pem"));
  fs::create_symlink("nothing", path("dangling.pem"));
  fs::create_symlink("loop.pem", path("loop.pem"));
  fs::create_symlink("/dev/null", path("device.pem"));
  write("garbage.pem", "hello");
  write("good.pem", leaf("a"));
  write("large.pem", "");
  fs::resize_file(path("large.pem"), limits::certificate_file_bytes + 1);
  watch({{"*.pem", ""}});
  EXPECT_EQ(shown(),
            (Shown{{"dangling.pem", "(symlink to nothing)"},
                   {"device.pem", "(is a device)"},
                   {"directory.pem", "(is a directory)"},
                   {"fifo.pem", "(is a FIFO)"},
                   {"garbage.pem", "(no certificate: looks like text without a certificate)"},
                   {"good.pem", "a"},
                   {"large.pem", "(larger than 16 MB)"},
                   {"loop.pem", "(symlink that leads back to itself)"}}));
  // Some are looked at twice: beside them a file was written a moment ago.
  EXPECT_GE(watching_->read_errors(), 7u);
}

TEST_F(CertificateFilesTest, sees_what_a_symlink_to_nothing_leads_to_later) {
  fs::create_symlink("store/tls.crt", path("tls.crt"));
  watch({{"tls.crt", ""}});
  EXPECT_EQ(shown(), (Shown{{"tls.crt", "(symlink to nothing)"}}));
  write("store/tls.crt", leaf("a"));
  expect_soon({{"tls.crt", "a"}});
  fs::remove(path("store/tls.crt"));
  expect_soon({{"tls.crt", "(symlink to nothing)"}});
}

TEST_F(CertificateFilesTest, reads_with_a_password_and_anew_when_that_changes) {
  write("one.p12", Pkcs12Maker().chain("a", "root").bytes("new secret"));
  watch({{"*.p12", "password"}});
  EXPECT_EQ(shown(), (Shown{{"one.p12", "(PKCS#12: password file " + path("password") +
                                            ": No such file or directory)"}}));
  write("password", "old secret\n");
  expect_soon({{"one.p12", "(PKCS#12: wrong password)"}});
  write("password", "new secret\n");
  expect_soon({{"one.p12", "a root"}});
}

TEST_F(CertificateFilesTest, reads_nothing_twice_that_has_not_changed) {
  write("one.pem", leaf("a"));
  write("two.pem", leaf("b"));
  write("garbage.pem", "hello");
  watch({{"*.pem", ""}}, {.rescan = milliseconds{1}});
  write("two.pem", leaf("c"));
  expect_soon({{"garbage.pem", "(no certificate: looks like text without a certificate)"},
               {"one.pem", "a"},
               {"two.pem", "c"}});
  EXPECT_EQ(states_.at(path("one.pem")).told, 1);
  EXPECT_EQ(watching_->files_read(), 4u);
}

// As on a network file system: no event at all.
TEST_F(CertificateFilesTest, sees_by_looking_what_the_kernel_cannot_tell) {
  write("one.pem", leaf("a"));
  write("two.pem", leaf("b"));
  watch({{"*.pem", ""}}, {.rescan_unwatched = milliseconds{5}, .most_directories = 0});
  EXPECT_THAT(watching_->warnings(), testing::ElementsAre(testing::HasSubstr("max_user_watches")));
  write("one.pem", leaf("c"));
  fs::remove(path("two.pem"));
  write("three.pem", leaf("d"));
  expect_soon({{"one.pem", "c"}, {"three.pem", "d"}});
}

TEST_F(CertificateFilesTest, looks_now_and_then_when_there_is_no_watching_at_all) {
  write("one.pem", leaf("a"));
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const rlimit none{0, files.rlim_max};
  CertificateFiles files_without(
      io_.get_executor(), {{path("*.pem"), ""}}, [](const CertificateFileNews&) {},
      [this] { ++changes_; }, {.rescan_unwatched = milliseconds{5}});
  setrlimit(RLIMIT_NOFILE, &none);
  files_without.start();
  setrlimit(RLIMIT_NOFILE, &files);
  ASSERT_TRUE(run_until([&] { return files_without.files_watched() == 1; }));
  EXPECT_EQ(files_without.warnings().size(), 1u);
  write("two.pem", leaf("b"));
  EXPECT_TRUE(run_until([&] { return files_without.files_watched() == 2; }));
}

TEST_F(CertificateFilesTest, says_nothing_any_more_once_stopped) {
  write("one.pem", leaf("a"));
  watch({{"*.pem", ""}});
  watching_->stop();
  write("one.pem", leaf("b"));
  EXPECT_FALSE(run_until([this] { return changes_ > 1; }, milliseconds{150}));
}

}  // namespace
}  // namespace mesh::certificate_files_test
