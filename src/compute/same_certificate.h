// Whether what one source shows is the certificate that another reports, though each knows another
// part of the truth about it.
#pragma once

#include <chrono>

#include "model/certificate.h"

namespace mesh {

// Where the serial of one is not told, the end alone must do: an agent may tell it too late, by as
// much as it admits, and rounds it.
inline bool is_same_certificate(const Certificate& shown, const Certificate& reported) {
  if (!shown.serial.empty() && !reported.serial.empty()) {
    return shown.serial == reported.serial && shown.not_after == reported.not_after;
  }
  const std::chrono::seconds late = reported.not_after - shown.not_after, second{1};
  return late >= -second && late <= reported.not_after_slack + second;
}

}  // namespace mesh
