// Reading what becomes a label value: names of targets, namespaces, workloads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"

namespace mesh {

// A text that becomes a label value: one line, printable, up to 253 bytes.
std::optional<std::string> read_label(const Fields& fields, std::string_view key);

// A part of the name "namespace/name" by which targets are told apart: a label without a slash.
std::optional<std::string> read_name(const Fields& fields, std::string_view key);

}  // namespace mesh
