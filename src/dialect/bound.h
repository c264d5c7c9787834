// Upper bounds of histograms in one spelling, whoever tells them: they become labels `le`, and
// bounds that are equal as numbers must be equal as text.
#pragma once

#include <string>

namespace mesh {

// The shortest decimal form in seconds of a bound that its source tells in units of which a second
// has `per_second`: milliseconds unless said otherwise. 0.5 → "0.0005", infinity → "+Inf".
std::string bound_in_seconds(double bound, double per_second = 1000);

}  // namespace mesh
