// The forms of paths that kubelets and container runtimes are known to make.
#include "wire/container_cgroup.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mesh::container_cgroup_test {
namespace {

const std::string uid = "b9d1a2c3-0f4e-4a5b-8c6d-7e8f90123456";
const std::string uid_of_systemd = "b9d1a2c3_0f4e_4a5b_8c6d_7e8f90123456";
const std::string id = "3f1c0de5a7b98642130f1c0de5a7b98642130f1c0de5a7b98642130f1c0de5a7";
const std::string other_id = "aa00000000000000000000000000000000000000000000000000000000000000";

std::optional<std::string> found(const std::string& path) {
  return container_cgroup(std::vector{path}, uid, "containerd://" + id);
}

TEST(ContainerCgroup, is_found_in_every_known_form) {
  const std::string u = uid, s = uid_of_systemd;
  for (const std::string& path : {
           // cgroupfs driver; guaranteed pods stand directly under kubepods
           "/kubepods/burstable/pod" + u + "/" + id,
           "/kubepods/besteffort/pod" + u + "/" + id,
           "/kubepods/pod" + u + "/" + id,
           "/kubepods/burstable/pod" + u + "/crio-" + id,
           // systemd driver: containerd, CRI-O, docker, podman
           "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + s +
               ".slice/cri-containerd-" + id + ".scope",
           "/kubepods.slice/kubepods-pod" + s + ".slice/cri-containerd-" + id + ".scope",
           "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" + s +
               ".slice/crio-" + id + ".scope",
           "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + s +
               ".slice/docker-" + id + ".scope",
           "/kubepods.slice/kubepods-pod" + s + ".slice/libpod-" + id + ".scope",
           // containerd told to use systemd by a shim that does not
           "/kubepods-burstable-pod" + s + ".slice:cri-containerd:" + id,
           "/system.slice/containerd.service/kubepods-burstable-pod" + s +
               ".slice:cri-containerd:" + id,
           // kind: a kubelet with a root of its own, seen from within and from the host
           "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/"
           "kubelet-kubepods-burstable-pod" +
               s + ".slice/cri-containerd-" + id + ".scope",
           "/kubelet/kubepods/burstable/pod" + u + "/" + id,
           "/docker/" + other_id + "/kubelet/kubepods/burstable/pod" + u + "/" + id,
           "/system.slice/docker-" + other_id +
               ".scope/kubelet.slice/kubelet-kubepods.slice/"
               "kubelet-kubepods-pod" +
               s + ".slice/cri-containerd-" + id + ".scope",
       }) {
    EXPECT_EQ(found(path), path);
  }
}

TEST(ContainerCgroup, is_the_containers_own_where_a_process_sits_below_it) {
  const std::string own = "/kubepods/pod" + uid + "/" + id;
  EXPECT_EQ(found(own + "/init.scope"), own);
  const std::string scope =
      "/kubepods.slice/kubepods-pod" + uid_of_systemd + ".slice/cri-containerd-" + id + ".scope";
  EXPECT_EQ(found(scope + "/docker/" + other_id), scope);
}

TEST(ContainerCgroup, is_not_that_of_the_monitor_beside_it) {
  const std::string pod = "/kubepods.slice/kubepods-pod" + uid_of_systemd + ".slice/";
  const std::vector paths{pod + "crio-conmon-" + id + ".scope", pod + "crio-" + id + ".scope"};
  EXPECT_EQ(container_cgroup(paths, uid, "cri-o://" + id), paths[1]);
}

TEST(ContainerCgroup, of_a_static_pod_is_named_by_the_hash_of_its_manifest) {
  const std::string hash = "0123456789abcdef0123456789abcdef";
  const std::string path = "/kubepods/burstable/pod" + hash + "/" + id;
  EXPECT_EQ(container_cgroup(std::vector{path}, hash, id), path);
}

TEST(ContainerCgroup, is_not_that_of_another) {
  EXPECT_EQ(found("/kubepods/pod" + uid + "/" + other_id), std::nullopt);
  EXPECT_EQ(found("/kubepods/pod" + uid + "0/" + id), std::nullopt);
  EXPECT_EQ(found("/kubepods/pod" + uid + "/" + id + "0"), std::nullopt);
  EXPECT_EQ(found("/kubepods/pod" + uid + "/0" + id), std::nullopt);
  EXPECT_EQ(found("/system.slice/docker-" + id + ".scope"), std::nullopt);
  EXPECT_EQ(found("/kubepods/pod" + uid), std::nullopt);
  EXPECT_EQ(found("/"), std::nullopt);
}

TEST(ContainerCgroup, of_nobody_is_none) {
  const std::vector paths{"/kubepods/pod" + uid + "/" + id};
  EXPECT_EQ(container_cgroup(paths, "", id), std::nullopt);
  EXPECT_EQ(container_cgroup(paths, uid, ""), std::nullopt);
  EXPECT_EQ(container_cgroup(paths, uid, "containerd://"), std::nullopt);
}

}  // namespace
}  // namespace mesh::container_cgroup_test
