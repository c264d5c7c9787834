// Containers' control groups in trees as kubelets and runtimes make them.
#include "discover/container_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace mesh::container_groups_test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

const std::string uid = "b9d1a2c3-0f4e-4a5b-8c6d-7e8f90123456";
const std::string uid_of_systemd = "b9d1a2c3_0f4e_4a5b_8c6d_7e8f90123456";
const std::string id = std::string(63, '3') + "f", other_id = std::string(63, 'a') + "0";
const std::string by_cgroupfs = "/kubepods/burstable/pod" + uid + "/" + id;
const std::string by_systemd =
    "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + uid_of_systemd + ".slice";

class ContainerGroupsTest : public ::testing::Test {
 protected:
  ContainerGroupsTest() {
    std::string directory = (fs::temp_directory_path() / "groups-XXXXXX").string();
    root_ = mkdtemp(directory.data());
  }
  ~ContainerGroupsTest() override { fs::remove_all(root_); }

  void version_2() { std::ofstream(root_ / "cgroup.controllers") << "cpu memory\n"; }
  void make(const std::string& group) { fs::create_directories(root_.string() + group); }

  // Until there is news, or there is nothing to do for the moment.
  int run(ContainerGroups& groups, const std::vector<ContainerName>& containers) {
    const int before = told_;
    groups.look_for(containers);
    io_.restart();
    while (told_ == before && io_.run_one_for(milliseconds(200)) > 0) continue;
    return told_ - before;
  }

  ContainerGroups groups(milliseconds again_after = std::chrono::minutes(1)) {
    return {io_.get_executor(), root_.string(), [this] { ++told_; }, again_after};
  }

  fs::path root_;
  boost::asio::io_context io_{1};
  int told_ = 0;
};

TEST_F(ContainerGroupsTest, are_told_by_uid_and_id_whoever_named_them) {
  version_2();
  const std::string crio = by_systemd + "/crio-" + other_id + ".scope";
  make(by_cgroupfs + "/init.scope");
  make(by_systemd + "/crio-conmon-" + other_id + ".scope");
  make(crio + "/container");
  make("/system.slice/containerd.service");
  ContainerGroups found = groups();
  EXPECT_EQ(run(found, {{uid, "containerd://" + id}, {uid, "cri-o://" + other_id}}), 1);
  EXPECT_EQ(found.of("containerd://" + id), by_cgroupfs);
  EXPECT_EQ(found.of("cri-o://" + other_id), crio);
  EXPECT_EQ(found.of("containerd://ffff"), "");
}

TEST_F(ContainerGroupsTest, are_those_of_the_memory_hierarchy_in_version_1) {
  const std::string scope = by_systemd + "/cri-containerd-" + id + ".scope";
  make("/memory" + scope);
  make("/cpu" + by_cgroupfs);
  ContainerGroups found = groups();
  EXPECT_EQ(run(found, {{uid, "containerd://" + id}}), 1);
  EXPECT_EQ(found.of("containerd://" + id), scope);
}

TEST_F(ContainerGroupsTest, of_another_pod_are_not_taken) {
  version_2();
  make("/kubepods/pod" + uid.substr(1) + "/" + id);
  ContainerGroups found = groups();
  EXPECT_EQ(run(found, {{uid, "containerd://" + id}}), 1);
  EXPECT_TRUE(found.in_vain("containerd://" + id));
  EXPECT_EQ(found.of("containerd://" + id), "");
}

TEST_F(ContainerGroupsTest, are_walked_for_again_only_when_a_container_is_new) {
  version_2();
  make(by_cgroupfs);
  const ContainerName here{uid, "containerd://" + id}, late{uid, "containerd://" + other_id};
  ContainerGroups found = groups();
  EXPECT_EQ(run(found, {here}), 1);
  fs::remove_all(root_ / "kubepods");
  EXPECT_EQ(run(found, {here}), 0);
  EXPECT_EQ(found.of(here.id), by_cgroupfs) << "as it was found, without another walk";
  make("/kubepods/pod" + uid + "/" + other_id);
  EXPECT_EQ(run(found, {here, late}), 1);
  EXPECT_EQ(found.of(late.id), "/kubepods/pod" + uid + "/" + other_id);
  EXPECT_EQ(run(found, {late}), 0);
  EXPECT_EQ(found.of(here.id), "") << "nobody asks for it any more";
}

TEST_F(ContainerGroupsTest, that_are_late_are_told_when_their_time_comes) {
  version_2();
  ContainerGroups found = groups(milliseconds(20));
  EXPECT_EQ(run(found, {{uid, "containerd://" + id}}), 1);
  EXPECT_TRUE(found.in_vain("containerd://" + id));
  io_.run_for(milliseconds(50));
  EXPECT_EQ(told_, 1) << "told once";
  make(by_cgroupfs);
  EXPECT_EQ(run(found, {{uid, "containerd://" + id}}), 1);
  EXPECT_EQ(found.of("containerd://" + id), by_cgroupfs);
  EXPECT_FALSE(found.in_vain("containerd://" + id));
}

TEST_F(ContainerGroupsTest, are_not_looked_for_behind_links_nor_without_an_id) {
  version_2();
  fs::create_directory_symlink(root_, root_ / ("pod" + uid));
  make("/" + id);
  ContainerGroups found = groups();
  EXPECT_EQ(run(found, {{uid, "containerd://" + id}, {uid, ""}}), 1);
  EXPECT_TRUE(found.in_vain("containerd://" + id));
  EXPECT_FALSE(found.in_vain(""));
}

TEST_F(ContainerGroupsTest, of_a_machine_without_any_are_none) {
  ContainerGroups found = groups();
  EXPECT_EQ(run(found, {{uid, "containerd://" + id}}), 1);
  EXPECT_TRUE(found.in_vain("containerd://" + id));
}

}  // namespace
}  // namespace mesh::container_groups_test
