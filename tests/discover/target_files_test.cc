// Files of targets on a real file system: written, replaced, broken, deleted.
#include "discover/target_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "config/parse.h"

namespace mesh::target_files_test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TargetFilesTest : public testing::Test {
 protected:
  TargetFilesTest() {
    std::string name = (fs::temp_directory_path() / "mesh-targets-XXXXXX").string();
    directory_ = mkdtemp(name.data());
    config_.files = {(directory_ / "*.yaml").string()};
  }
  ~TargetFilesTest() override { fs::remove_all(directory_); }

  void write(const std::string& name, const std::string& text) {
    const fs::path before = directory_ / (name + ".new");
    std::ofstream(before) << text;
    fs::rename(before, directory_ / name);
  }

  void look() {
    files_.emplace(
        io_.get_executor(), config_, test_context(), [this] { ++changes_; }, milliseconds(10));
  }

  // Follows the files until something has changed; false if nothing has within 20 s.
  bool changes() {
    const int before = changes_;
    files_->start();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (changes_ == before && std::chrono::steady_clock::now() < end) {
      io_.run_one_for(milliseconds(100));
    }
    return changes_ > before;
  }

  std::vector<std::string> pods() const {
    std::vector<std::string> names;
    for (const Target& one : files_->found().targets) names.push_back(one.pod);
    return names;
  }

  fs::path directory_;
  DiscoveryConfig config_;
  boost::asio::io_context io_{1};
  std::optional<TargetFiles> files_;
  int changes_ = 0;
};

TEST_F(TargetFilesTest, are_read_at_once_in_the_order_of_their_names) {
  write("b.yaml", "- targets: ['b:1']");
  write("a.yaml", "- targets: ['a:1', 'a:2']");
  look();
  EXPECT_THAT(pods(), ElementsAre("a:1", "a:2", "b:1"));
  EXPECT_EQ(files_->state().targets, 3u);
  EXPECT_THAT(files_->state().problems, IsEmpty());
  EXPECT_TRUE(files_->state().last_success);
}

TEST_F(TargetFilesTest, are_followed_as_they_come_change_and_go) {
  write("a.yaml", "- targets: ['a:1']");
  look();
  write("b.yaml", "- targets: ['b:1']");
  ASSERT_TRUE(changes());
  EXPECT_THAT(pods(), ElementsAre("a:1", "b:1"));
  write("a.yaml", "- targets: ['a:2']");
  ASSERT_TRUE(changes());
  EXPECT_THAT(pods(), ElementsAre("a:2", "b:1"));
  fs::remove(directory_ / "b.yaml");
  ASSERT_TRUE(changes());
  EXPECT_THAT(pods(), ElementsAre("a:2"));
}

TEST_F(TargetFilesTest, that_are_replaced_behind_a_symlink_are_read_anew) {
  fs::create_directory(directory_ / "1");
  fs::create_directory(directory_ / "2");
  std::ofstream(directory_ / "1" / "t.yaml") << "- targets: ['a:1']";
  std::ofstream(directory_ / "2" / "t.yaml") << "- targets: ['b:1']";
  fs::create_directory_symlink("1", directory_ / "..data");
  fs::create_symlink("..data/t.yaml", directory_ / "t.yaml");
  look();
  EXPECT_THAT(pods(), ElementsAre("a:1"));
  fs::create_directory_symlink("2", directory_ / "..new");
  fs::rename(directory_ / "..new", directory_ / "..data");
  ASSERT_TRUE(changes());
  EXPECT_THAT(pods(), ElementsAre("b:1"));
}

TEST_F(TargetFilesTest, that_are_broken_keep_what_they_had_and_leave_the_others_alone) {
  write("a.yaml", "- targets: ['a:1']");
  write("b.yaml", "- targets: ['b:1']");
  look();
  write("a.yaml", "- targets: [");
  ASSERT_TRUE(changes());
  EXPECT_THAT(pods(), ElementsAre("a:1", "b:1"));
  EXPECT_THAT(files_->state().problems, ElementsAre(HasSubstr("a.yaml:1:")));
  write("a.yaml", "- targets: ['a:3']");
  ASSERT_TRUE(changes());
  EXPECT_THAT(pods(), ElementsAre("a:3", "b:1"));
  EXPECT_THAT(files_->state().problems, IsEmpty());
}

TEST_F(TargetFilesTest, with_a_mistake_lose_the_entry_that_has_it) {
  write("a.yaml", "- targets: ['a:1', 'nonsense']");
  look();
  EXPECT_THAT(pods(), ElementsAre("a:1"));
  EXPECT_THAT(files_->state().problems, ElementsAre(HasSubstr("\"nonsense\"")));
}

TEST_F(TargetFilesTest, that_are_none_are_told_with_their_names) {
  fs::create_directory(directory_ / "d.yaml");
  look();
  EXPECT_THAT(files_->state().problems,
              ElementsAre(HasSubstr("d.yaml: cannot be read: is a directory")));
}

TEST_F(TargetFilesTest, of_a_pattern_may_be_none) {
  look();
  EXPECT_THAT(files_->state().problems, IsEmpty());
}

TEST_F(TargetFilesTest, that_are_named_and_do_not_exist_yet_are_a_problem_until_they_do) {
  config_.files = {(directory_ / "a.yaml").string()};
  look();
  EXPECT_THAT(files_->state().problems, ElementsAre(HasSubstr("a.yaml: no such file")));
  write("a.yaml", "[]");
  ASSERT_TRUE(changes());
  EXPECT_THAT(files_->state().problems, IsEmpty());
  EXPECT_THAT(pods(), IsEmpty());
}

}  // namespace
}  // namespace mesh::target_files_test
