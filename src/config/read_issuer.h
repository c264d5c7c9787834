// The key `issuer` of every section that names certificates: whose habits renew the leaves there.
// (The key `rotation_point` beside it is a mere share, and goes before it.)
#pragma once

#include <string>

#include "config/fields.h"
#include "config/reading.h"

namespace mesh {

// "" if the key is left out or cannot be read. What is mistyped would be taken for unknown, and a
// renewal for overdue too late.
std::string read_issuer(const Fields& fields, const Reading& reading);

}  // namespace mesh
