// A JSON value as YAML that people like to read: blocks, and quotes only where a text would be
// something else without them.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace mesh {

// Of objects and arrays of objects, texts, numbers and truths; ends with a line end. A list of
// plain values stands on one line.
std::string yaml_text(const boost::json::value& value);

}  // namespace mesh
