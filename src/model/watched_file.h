// WatchedFile: one file with certificates, as last read. Immutable once published.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/known_certificate.h"

namespace mesh {

struct WatchedFile {
  std::string path;
  std::string error;              // why it could not be read the last time; "" if it could
  std::uint64_t unreadable = 0;   // certificates in it that could not be read
  std::string unreadable_sample;  // the first of them: "line 41: bad base64"
  // Null where it has never been read. What was read last stays while it cannot be read.
  std::shared_ptr<const CertificatePlace> certificates;
};

// Shared as a whole: there may be a hundred thousand.
using WatchedFiles = std::vector<std::shared_ptr<const WatchedFile>>;

// What is shown of them: all, or of more than limits::file_certificates_shown certificates those
// that expire first (compute/shown_files.h).
struct ShownFiles {
  std::vector<std::shared_ptr<const CertificatePlace>> places;  // by path
  std::uint64_t left_out = 0;                                   // certificates in use
};

}  // namespace mesh
