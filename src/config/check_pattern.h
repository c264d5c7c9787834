// Whether what people write as a pattern can be one: file patterns as the shell has them, and label
// selectors as Kubernetes has them. What cannot match anything is better told at the start than
// found out at 2 AM.
#pragma once

#include <string_view>

namespace mesh {

// What is wrong with a pattern of glob(7), in words that may follow it; "" if nothing is.
std::string_view wrong_with_glob(std::string_view glob);

// The same of a label selector: requirements between commas, each KEY, !KEY, KEY=VALUE, KEY==VALUE,
// KEY!=VALUE, KEY in (VALUE, …) or KEY notin (VALUE, …), where a value may be empty. "" selects
// all.
std::string_view wrong_with_selector(std::string_view selector);

}  // namespace mesh
