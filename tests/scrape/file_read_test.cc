// Reading a file as a whole: what is no file keeps nobody waiting, and too much is refused.
#include "scrape/file_read.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/regular_file.h"

namespace mesh::file_read_test {
namespace {

class WholeFile : public testing::Test {
 protected:
  WholeFile() {
    std::string name = testing::TempDir() + "file_read_XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~WholeFile() override { std::filesystem::remove_all(root_); }

  std::string path(const std::string& name) const { return root_ + "/" + name; }
  std::string error_of(const std::string& name) const {
    const Result<std::string> read = read_regular_file(path(name), 10);
    return read ? "" : read.error().message;
  }

  std::string root_;
};

TEST_F(WholeFile, is_read_up_to_its_bound) {
  std::ofstream(path("fits")) << "0123456789";
  std::ofstream(path("too_large")) << "0123456789a";
  std::ofstream(path("empty"));
  EXPECT_EQ(*read_regular_file(path("fits"), 10), "0123456789");
  EXPECT_EQ(*read_regular_file(path("empty"), 10), "");
  EXPECT_EQ(error_of("too_large"), "larger than 10 bytes");
}

TEST_F(WholeFile, is_nothing_that_could_keep_waiting) {
  mkfifo(path("fifo").c_str(), 0600);
  std::filesystem::create_symlink("fifo", path("symlink"));
  EXPECT_EQ(error_of("fifo"), "is a FIFO");
  EXPECT_EQ(error_of("symlink"), "is a FIFO");
  EXPECT_EQ(error_of(""), "is a directory");
  EXPECT_EQ(error_of("none"), "No such file or directory");
}

}  // namespace
}  // namespace mesh::file_read_test
