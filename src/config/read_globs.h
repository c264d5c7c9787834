// A list of file patterns, as every section has it that names files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/fields.h"
#include "config/reading.h"

namespace mesh {

// Absolute patterns of glob(7), at least one; complains about others, and reads on.
std::vector<std::string> read_globs(const Fields& fields, std::string_view key,
                                    const Reading& reading);

}  // namespace mesh
