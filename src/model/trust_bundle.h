// TrustBundleState: a configured bundle of roots, as last read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/certificate.h"

namespace mesh {

struct TrustBundleState {
  std::string name, file;
  std::string spiffe_trust_domain;  // "": it is about all names
  std::string error;                // why it could not be read the last time; "" if it could
  std::uint64_t unreadable = 0;     // certificates in it that could not be read
  std::optional<WallTime> read;     // when what is in use was read
  // Null where it has never been read. What was read last stays while it cannot be read.
  std::shared_ptr<const std::vector<Certificate>> certificates;
};

}  // namespace mesh
