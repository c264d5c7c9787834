// The section `tls_server_config` of a web configuration; see load_web.h.
#pragma once

#include <string>

#include "config/fields.h"
#include "config/load_web.h"
#include "config/problems.h"
#include "model/web_config.h"

namespace mesh {

// What the sections of a web configuration share while one is read. Borrows all of it.
struct WebReading {
  std::string directory;  // of the file; "": the working one
  const FileReader& read;
  Problems& problems;
  WebConfig& config;

  Fields fields(Field field, std::span<const std::string_view> known) const;
};

void read_web_tls(const Field& field, const WebReading& reading);

}  // namespace mesh
