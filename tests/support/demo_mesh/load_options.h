// The command line of demo_load.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "caller.h"

namespace mesh::demo {

struct LoadOptions {
  std::string target;                       // host:port or unix:/path
  double rate = 0;                          // calls per second; 0: as fast as they are answered
  std::chrono::milliseconds duration{0};    // 0: no end by time
  std::uint64_t calls = 0;                  // 0: no end by number
  std::uint64_t first = 0;                  // number of the first call of the plan
  unsigned parallel = 8;                    // calls under way at once
  std::string ledger_file;                  // "": none
  std::optional<Method> only;               // one method instead of the mix
  bool all_ok = false;                      // the mix of methods, and every call is answered OK
  std::chrono::milliseconds wait_ready{0};  // >0: only wait for health SERVING
  CallOptions call;
};

extern const char* const kLoadUsage;

// Nothing if the words make no sense; `error` then says which.
std::optional<LoadOptions> parse_load_options(const std::vector<std::string>& words,
                                              std::string& error);

}  // namespace mesh::demo
