// The keys about control groups: a path of names, and nothing that leads elsewhere.
#include <gtest/gtest.h>

#include <string>

#include "config/load.h"
#include "config/parse.h"

namespace mesh::cgroup_test {
namespace {

std::string with_cgroup(std::string_view cgroup) {
  return joined({"targets: [{name: a, admin: 'http://h:1', cgroup: \"", cgroup, "\"}]\n"});
}

Config parsed(const std::string& yaml) {
  const auto config = parse_config(yaml, "f.yaml", test_context({{"ROOT", "/host/cgroup"}}));
  EXPECT_TRUE(config) << (config ? "" : config.error().front().message);
  return config ? *config : Config{};
}

TEST(CgroupKey, is_the_groups_path) {
  EXPECT_EQ(parsed(with_cgroup("/system.slice/envoy.service")).targets[0].cgroup,
            "/system.slice/envoy.service");
  EXPECT_EQ(parsed(std::string(one_target)).targets[0].cgroup, "");
}

TEST(CgroupKey, is_refused_where_it_is_no_plain_path) {
  const std::pair<const char*, const char*> wrong[] = {
      {"envoy.service", "does not begin with a slash"},
      {"", "does not begin with a slash"},
      {"/../x", "has a . or .. in it"},
      {"/a/..", "has a . or .. in it"},
      {"/a/./b", "has a . or .. in it"},
      {"/", "has a slash too many"},
      {"/a/", "has a slash too many"},
      {"/a//b", "has a slash too many"},
      {"/a\\nb", "has characters that cannot be shown"},
  };
  for (const auto& [path, words] : wrong) {
    const std::string errors = errors_of(with_cgroup(path));
    EXPECT_NE(errors.find(words), std::string::npos) << path << ": " << errors;
    EXPECT_TRUE(errors.starts_with("f.yaml:1:50: targets[0].cgroup: ")) << errors;
    EXPECT_NE(errors.find("expected a path as in /proc/PID/cgroup"), std::string::npos);
  }
}

TEST(CgroupRootKey, is_a_directory_and_by_default_where_systemd_has_it) {
  EXPECT_EQ(parsed(std::string(one_target)).cgroup_root, "/sys/fs/cgroup");
  EXPECT_EQ(parsed(joined({"cgroup_root: ${ROOT}\n", one_target})).cgroup_root, "/host/cgroup");
  EXPECT_EQ(errors_of(joined({"cgroup_root: sys\n", one_target})),
            "f.yaml:1:14: cgroup_root: \"sys\" does not begin with a slash; expected a directory "
            "such as /sys/fs/cgroup\n");
}

}  // namespace
}  // namespace mesh::cgroup_test
