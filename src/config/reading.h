// What the sections of the configuration share while one file is read.
#pragma once

#include <span>
#include <string_view>
#include <utility>

#include "config/config.h"
#include "config/fields.h"
#include "config/load.h"
#include "config/problems.h"

namespace mesh {

// Borrows all of it.
struct Reading {
  const ConfigContext& context;
  Problems& problems;
  Problems& warnings;
  Config& config;

  Fields fields(Field field, std::span<const std::string_view> known) const {
    return Fields(std::move(field), known, context.environment, problems);
  }
};

}  // namespace mesh
