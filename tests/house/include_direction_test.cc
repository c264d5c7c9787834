// The rules of the house held against every source file of the project: who may include whom, which
// library stays in which room, how files open and how long they may be.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "house/house_rules.h"

namespace mesh::house {
namespace {

namespace fs = std::filesystem;

std::vector<SourceFile> files_under(const std::string& folder) {
  const fs::path root = MESH_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    const std::string ending = entry.path().extension();
    if (!entry.is_regular_file() || (ending != ".h" && ending != ".cc")) continue;
    std::ifstream stream(entry.path());
    files.push_back({entry.path().lexically_relative(root).string(),
                     {std::istreambuf_iterator<char>{stream}, {}}});
  }
  return files;
}

void expect_no_complaints(const std::vector<SourceFile>& files) {
  for (const SourceFile& file : files) {
    for (const std::string& complaint : complaints_about(file)) ADD_FAILURE() << complaint;
  }
}

TEST(House, rules_hold_in_src) {
  const auto files = files_under("src");
  EXPECT_GT(files.size(), 50u) << "the sources were not found";
  expect_no_complaints(files);
}

TEST(House, rules_hold_in_tests) {
  const auto files = files_under("tests");
  EXPECT_GT(files.size(), 10u) << "the tests were not found";
  expect_no_complaints(files);
}

TEST(House, has_no_room_without_a_rule_and_no_rule_without_a_room) {
  std::set<std::string> named;
  for (const Room& room : rooms) named.emplace(room.name);
  std::set<std::string> built;
  for (const SourceFile& file : files_under("src")) built.insert(room_of(file.path));
  built.erase("");  // main.cc
  EXPECT_EQ(built, named);
}

}  // namespace
}  // namespace mesh::house
