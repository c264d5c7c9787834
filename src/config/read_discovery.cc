// One key a source; see read_discovery.h.
#include "config/read_discovery.h"

#include <array>
#include <string_view>

#include "config/read_globs.h"

namespace mesh {
namespace {

constexpr std::array<std::string_view, 1> discovery_keys{"file"};

}  // namespace

void read_discovery(const Field& field, const Reading& reading) {
  const Fields fields = reading.fields(field, discovery_keys);
  DiscoveryConfig& discovery = reading.config.discovery;
  if (fields.has("file")) discovery.files = read_globs(fields, "file", reading);
}

}  // namespace mesh
