// The verdict on a balance as a sentence.
#pragma once

#include <string>
#include <string_view>

#include "expose/status/parts.h"
#include "model/balance.h"

namespace mesh {

// "traffic is pinned to 1 of 3 endpoints: …". `member` is what requests fall on: "endpoint", "pod".
std::string balance_words(const Balance& balance, std::string_view member);

Tone tone_of(BalanceVerdict verdict);
int badness(BalanceVerdict verdict);  // the higher the worse: what is shown first

}  // namespace mesh
