// The section `certificates.secrets`: which Kubernetes Secrets are looked at, if any.
#pragma once

#include "config/fields.h"
#include "config/reading.h"

namespace mesh {

void read_secrets(const Field& field, const Reading& reading);

}  // namespace mesh
