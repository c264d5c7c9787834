// Reading what several sections have in common: entries of a list, and files by their paths.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/fields.h"

namespace mesh {

// False, with a complaint, for an entry of a list in which nothing can be read.
bool is_entry(const Fields& fields, const Field& field, std::span<const std::string_view> keys);

// An absolute path, which may not be empty; "" where it is left out.
std::string read_file_path(const Fields& fields, std::string_view key, std::string_view expected);

// The keys `client_certificate` and `client_key`: both of them, or none.
void read_client_files(const Fields& fields, std::string& certificate, std::string& key);

}  // namespace mesh
