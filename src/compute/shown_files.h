// Which certificates of files are shown, when there are more than can be: those that expire first,
// for they are what files are watched for. Whatever is left out lasts longer than all that is
// shown.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "model/watched_file.h"

namespace mesh {

// At most so many certificates in use. Of those that end at the same moment the first in order.
ShownFiles show_files(std::vector<std::shared_ptr<const CertificatePlace>> files, std::size_t most);

}  // namespace mesh
