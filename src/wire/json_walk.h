// Walking over JSON text without understanding it: lists and objects are cut into the texts of
// their parts by counting brackets. For documents of which little is wanted, and for those of which
// one bad part must not cost the others; whether a part is JSON is for whoever parses it. Never
// throws; the views borrow from the text.
#pragma once

#include <functional>
#include <string_view>

namespace mesh {

// What each part is handed to, keys with their escapes as they stand; false ends the walk.
using EachValue = std::function<bool(std::string_view value)>;
using EachField = std::function<bool(std::string_view key, std::string_view value)>;

// False if the text is no list, or no object, as far as it was walked over. What stands behind its
// end is not looked at.
bool each_value(std::string_view list, const EachValue& each);
bool each_field(std::string_view object, const EachField& each);

}  // namespace mesh
