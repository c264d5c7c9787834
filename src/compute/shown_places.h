// Which certificates of files or Secrets are shown, when there are more than can be: those that
// expire first, for they are what is watched for. Whatever is left out lasts longer than all that
// is shown.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "model/shown_places.h"

namespace mesh {

// At most so many certificates in use. Of those that end at the same moment the first in order.
ShownPlaces show_places(std::vector<std::shared_ptr<const CertificatePlace>> places,
                        std::size_t most);

}  // namespace mesh
