// All EndpointSlices that are known, by address. Immutable once made, so that a snapshot may hold
// it while the next one is made.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "model/endpoint_slice.h"

namespace mesh {

class SliceAddresses {
 public:
  using Slices = std::vector<std::shared_ptr<const EndpointSlice>>;

  // None of them may be null.
  explicit SliceAddresses(Slices slices);

  // Null if no slice has it, or slices name several pods for it: those on the host's network.
  const PodName* of(std::string_view ip) const;

 private:
  Slices slices_;
  std::vector<const PodAddress*> sorted_;  // each address with each of its pods once
};

}  // namespace mesh
