// What the pages load: stylesheet, script and icon, which are part of the program. Each has a hash
// of its content in its name, so that a browser keeps it for good and never has an old one.
#pragma once

#include <span>
#include <string_view>

namespace mesh {

struct Asset {
  std::string_view path;  // "/-/status-0123456789ab.css"
  std::string_view content_type;
  std::string_view body;
};

const Asset& stylesheet();
const Asset& script_asset();
const Asset& icon();

std::span<const Asset> assets();

}  // namespace mesh
