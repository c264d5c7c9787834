// What is said of one target: where it is asked, how that went, and what it cost it.
#pragma once

#include <string>
#include <string_view>

#include "expose/page.h"

namespace mesh {

// "admin 127.0.0.1:9901 in the pod": where the target is asked, without what may be a secret.
std::string address_words(const Target& target);

// "21 ms, 33.1 kB, every 15s (0.14 % of its time)": what the last poll cost it.
std::string cost_words(const TargetState& state);

// "1.40.0, up 1 h 0 min; memory 148 MiB of 256 MiB": what answers there.
std::string proxy_words(const TargetState& state);

}  // namespace mesh
