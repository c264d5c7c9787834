// The files with certificates that are watched: how many there are, and those of which there is
// more to say than their certificates. Immutable once published.
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

// There may be a hundred thousand, nearly all of them as they should be.
struct WatchedFiles {
  std::uint64_t files = 0;  // that the patterns match
  std::uint64_t kept = 0;   // of them, those that cannot be read any longer, and once could
  // Of them, those that never could be read, or not as a whole.
  std::uint64_t unreadable = 0;
  // What the patterns do not find, or not at once: "/etc/tls/*.pem matches no file".
  std::vector<std::string> warnings;
  // Those two kinds, those without any certificate and those with more than can be known; by path.
  std::vector<std::shared_ptr<const WatchedFile>> remarkable;
};

}  // namespace mesh
