// What is shown of many places with certificates, such as all files or all Secrets. Immutable once
// published.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/known_certificate.h"

namespace mesh {

// All, or of more than their bound the certificates that expire first (compute/shown_places.h).
struct ShownPlaces {
  std::vector<std::shared_ptr<const CertificatePlace>> places;  // by their names
  std::uint64_t left_out = 0;                                   // certificates in use
};

}  // namespace mesh
