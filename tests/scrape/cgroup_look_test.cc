// Looks at control groups: directories in the shape of the kernel's, filled with what real kernels
// said, and, where this machine lets a test make groups, its own kernel (tests/e2e does that).
#include "scrape/cgroup_look.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace mesh::cgroup_look_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class CgroupLookTest : public testing::Test {
 protected:
  CgroupLookTest() {
    std::string name = testing::TempDir() + "cgroup_XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~CgroupLookTest() override { fs::remove_all(root_); }

  // A machine of version 2: its root, and a group as recorded at that moment.
  void version_2(const std::string& moment) {
    copy("v2/cgroup.controllers", "cgroup.controllers");
    copy("v2/" + moment, "system.slice/envoy.service");
  }
  void hybrid(const std::string& moment) {
    for (const std::string hierarchy : {"memory", "cpu", "cpuacct", "unified"}) {
      copy("hybrid/" + hierarchy + "/" + moment, hierarchy + "/system.slice/envoy.service");
    }
  }
  void copy(const std::string& from, const std::string& to) {
    fs::create_directories((root_ / to).parent_path());
    fs::copy(MESH_TESTS_DIR "/fixtures/cgroup/" + from, root_ / to,
             fs::copy_options::overwrite_existing | fs::copy_options::recursive);
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(root_ / name, std::ios::binary) << text;
  }

  CgroupLook look(const std::string& cgroup = "/system.slice/envoy.service") {
    return look_at_cgroup(root_.string(), cgroup);
  }

  static std::uint64_t kills(const CgroupLook& look) {
    return look.reading.counts[index_of(ResourceCounter::oom_kills)]
        .value_or(CgroupReading::Count{99, 0})
        .value;
  }
  static std::uint64_t life(const CgroupLook& look, ResourceCounter counter) {
    return look.reading.counts[index_of(counter)].value_or(CgroupReading::Count{}).life;
  }

  fs::path root_;
};

TEST_F(CgroupLookTest, a_group_of_version_2_is_read) {
  version_2("killed");
  const CgroupLook seen = look();
  EXPECT_EQ(seen.error, "");
  EXPECT_EQ(seen.unreadable, 0u);
  EXPECT_EQ(seen.reading.memory, 4'255'744u);
  EXPECT_EQ(seen.reading.memory_limit, 67'108'864u);
  EXPECT_EQ(kills(seen), 1u);
}

TEST_F(CgroupLookTest, a_group_of_a_hybrid_machine_is_read_from_all_its_hierarchies) {
  hybrid("killed");
  const CgroupLook seen = look();
  EXPECT_EQ(seen.error, "");
  EXPECT_EQ(seen.reading.memory, 237'568u);
  EXPECT_EQ(seen.reading.quota_us, 20'000u);
  EXPECT_EQ(kills(seen), 1u);
  EXPECT_TRUE(seen.reading.memory_stalled.has_value());
  EXPECT_NE(life(seen, ResourceCounter::oom_kills), life(seen, ResourceCounter::cpu));
}

TEST_F(CgroupLookTest, a_group_that_only_some_hierarchies_have_tells_what_they_tell) {
  hybrid("limited");
  fs::remove_all(root_ / "memory/system.slice");
  fs::remove_all(root_ / "unified/system.slice");
  const CgroupLook seen = look();
  EXPECT_EQ(seen.error, "");
  EXPECT_EQ(seen.reading.memory, std::nullopt);
  EXPECT_EQ(seen.reading.quota_us, 20'000u);
}

TEST_F(CgroupLookTest, a_group_that_was_made_anew_is_another) {
  version_2("killed");
  const CgroupLook before = look();
  // Kept aside, so that its number is not given away again at once.
  fs::rename(root_ / "system.slice/envoy.service", root_ / "system.slice/before");
  version_2("fresh");
  const CgroupLook after = look();
  EXPECT_EQ(kills(after), 0u);
  EXPECT_NE(life(before, ResourceCounter::oom_kills), life(after, ResourceCounter::oom_kills));
}

TEST_F(CgroupLookTest, a_group_that_is_gone_is_told) {
  version_2("limited");
  fs::remove_all(root_ / "system.slice");
  EXPECT_EQ(look().error, "no cgroup /system.slice/envoy.service in " + root_.string());
}

TEST_F(CgroupLookTest, a_root_without_groups_is_told) {
  EXPECT_EQ(look().error, "no cgroups in " + root_.string());
  EXPECT_EQ(look_at_cgroup("/does/not/exist", "/a").error, "no cgroups in /does/not/exist");
}

TEST_F(CgroupLookTest, what_cannot_be_read_is_counted_and_the_rest_is_read) {
  version_2("limited");
  write("system.slice/envoy.service/memory.max", "much\n");
  fs::remove(root_ / "system.slice/envoy.service/memory.peak");
  fs::create_directory(root_ / "system.slice/envoy.service/memory.peak");
  const CgroupLook seen = look();
  EXPECT_EQ(seen.error, "");
  EXPECT_EQ(seen.unreadable, 2u);
  EXPECT_EQ(seen.unreadable_sample, "memory.max: much");
  EXPECT_EQ(seen.reading.memory, 39'165'952u);
}

TEST_F(CgroupLookTest, an_endless_file_ends) {
  version_2("limited");
  write("system.slice/envoy.service/memory.current", std::string(1 << 20, '7'));
  EXPECT_EQ(look().unreadable, 1u);
}

TEST_F(CgroupLookTest, a_fifo_in_the_place_of_a_file_keeps_nobody_waiting) {
  version_2("limited");
  const fs::path current = root_ / "system.slice/envoy.service/memory.current";
  fs::remove(current);
  ASSERT_EQ(mkfifo(current.c_str(), 0600), 0);
  EXPECT_THAT(look().unreadable_sample, HasSubstr("memory.current: "));
}

}  // namespace
}  // namespace mesh::cgroup_look_test
