// Each hierarchy's directory of the group is opened once and its files through it, so that what is
// read is of one group, even if another is made under its name meanwhile.
#include "scrape/cgroup_look.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "base/limits.h"
#include "base/opened.h"
#include "base/result.h"
#include "base/text.h"
#include "wire/cgroup.h"

namespace mesh {
namespace {

// Where systemd, and everybody after it, mounts them below the root on a machine with version 1.
struct Mount {
  CgroupHierarchy hierarchy;
  std::string_view directory;
};
constexpr std::array version_1{
    Mount{CgroupHierarchy::memory, "/memory"},
    Mount{CgroupHierarchy::cpu, "/cpu"},
    Mount{CgroupHierarchy::cpuacct, "/cpuacct"},
    Mount{CgroupHierarchy::unified, "/unified"},
};
constexpr std::array version_2{Mount{CgroupHierarchy::unified, ""}};

bool exists(const std::string& path) {
  struct stat it {};
  return stat(path.c_str(), &it) == 0;
}

// Every group of version 2 has it, and so has the root of their hierarchy.
bool is_version_2(const std::string& root) { return exists(root + "/cgroup.controllers"); }

std::span<const Mount> mounts_of(const std::string& root) {
  if (is_version_2(root)) return version_2;
  return version_1;
}

// errno, where it could not be read.
Result<std::string, int> read_file(int directory, const std::string& name) {
  const Opened file(directory, name.c_str());
  if (file.fd < 0) return errno;
  std::string text;
  for (std::array<char, 4096> piece; text.size() < limits::cgroup_file_bytes;) {
    const ssize_t size = read(file.fd, piece.data(), piece.size());
    if (size < 0) return errno;
    if (size == 0) break;
    text.append(piece.data(), static_cast<std::size_t>(size));
  }
  return text;
}

// What is not told: this kernel has no such file, was booted without the pressure, or is just
// removing the group, which the next look will say.
bool is_absent(int error) { return error == ENOENT || error == EOPNOTSUPP || error == ENODEV; }

std::uint64_t life_of(int directory) {
  struct stat it {};
  return fstat(directory, &it) == 0 ? it.st_ino : 0;
}

// What has been read since the last directory was counted for the group in this one.
void sign(PerResourceCounter<std::optional<CgroupReading::Count>>& counts, std::uint64_t life) {
  for (auto& count : counts) {
    if (count && count->life == 0) count->life = life;
  }
}

void read_hierarchy(CgroupHierarchy hierarchy, int directory, CgroupReading& reading,
                    Unreadables& unreadables) {
  for (const CgroupFile& file : cgroup_files()) {
    if (file.hierarchy != hierarchy) continue;
    const std::string name(file.name);
    const Result<std::string, int> text = read_file(directory, name);
    if (!text && is_absent(text.error())) continue;
    if (!text) {
      unreadables.add(name + ": " + std::generic_category().message(text.error()));
    } else if (const auto unread = file.read(*text, reading)) {
      unreadables.add((name + ": ").append(*unread));
    }
  }
  sign(reading.counts, life_of(directory));
}

// Why nothing was found, for people.
std::string nothing_there(const std::string& root, const std::string& cgroup, int error) {
  if (error != ENOENT) return cgroup + ": " + std::generic_category().message(error);
  for (const Mount& mount : version_1) {
    if (is_version_2(root) || exists(root + std::string(mount.directory))) {
      return "no cgroup " + cgroup + " in " + root;
    }
  }
  return "no cgroups in " + root;
}

}  // namespace

CgroupLook look_at_cgroup(const std::string& root, const std::string& cgroup) {
  CgroupLook look;
  Unreadables unreadables;
  bool found = false;
  int error = ENOENT;
  for (const Mount& mount : mounts_of(root)) {
    const std::string path = root + std::string(mount.directory) + cgroup;
    const Opened directory(AT_FDCWD, path.c_str(), O_DIRECTORY);
    if (directory.fd >= 0) {
      found = true;
      read_hierarchy(mount.hierarchy, directory.fd, look.reading, unreadables);
    } else if (errno != ENOENT && error == ENOENT) {
      error = errno;
    }
  }
  if (!found) look.error = nothing_there(root, cgroup, error);
  look.unreadable = unreadables.count();
  look.unreadable_sample = unreadables.sample();
  return look;
}

std::string hierarchy_of_containers(const std::string& root) {
  return root + std::string(mounts_of(root).front().directory);
}

std::string process_list(const std::string& root, const std::string& cgroup) {
  if (cgroup.empty()) return "a control group that is not found yet";
  std::string list;
  for (const Mount& mount : mounts_of(root)) {
    list = root + std::string(mount.directory) + cgroup + "/cgroup.procs";
    if (exists(list)) break;
  }
  return list;
}

}  // namespace mesh
