// What the files of a control group say, of both versions of the kernel's interface: version 2 with
// one hierarchy for everything, version 1 with one for each controller. On a hybrid machine version
// 2 stands beside version 1 with what no controller of version 1 tells, above all the pressure.
//
// The files are those of Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ of the kernel. What
// a kernel does not have yet (memory.peak came with 5.19, pressure needs CONFIG_PSI) is simply
// absent.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "model/resources.h"

namespace mesh {

// The tree of directories in which a file stands.
enum class CgroupHierarchy : std::uint8_t { memory, cpu, cpuacct, unified };

struct CgroupFile {
  CgroupHierarchy hierarchy;
  std::string_view name;
  // Enters what the text says; what was entered by a file before it stays. Gives what cannot be
  // read, which borrows from `text` and may be "": nothing if it all could.
  std::optional<std::string_view> (*read)(std::string_view text, CgroupReading& reading);
};

// In the order in which they are to be read: where two tell the same, the first is believed.
std::span<const CgroupFile> cgroup_files();

}  // namespace mesh
