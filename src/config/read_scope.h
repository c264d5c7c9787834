// Of which objects of which cluster a section is: the keys `kubeconfig`, `namespaces` and
// `selector`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/fields.h"
#include "config/reading.h"

namespace mesh {

// An absolute path, or "" where it is left out.
std::string read_absolute_path(const Fields& fields, std::string_view key,
                               std::string_view expected);
std::string read_kubeconfig_path(const Fields& fields);

// Each once; empty: all, or a complaint.
std::vector<std::string> read_namespaces(const Fields& fields, const Reading& reading);

// By labels, as kubectl has it; "": all.
std::string read_selector(const Fields& fields);

}  // namespace mesh
