// The numbers that a verdict on balance rests on, and the words for the busiest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/balance.h"
#include "model/finding.h"

namespace mesh {

inline std::vector<Evidence> balance_evidence(const Balance& balance, double window_seconds) {
  const auto count = [](std::uint64_t n) { return static_cast<double>(n); };
  std::vector<Evidence> evidence{
      {"requests", count(balance.requests), Unit::count},
      {"busiest_requests", count(balance.requests_max), Unit::count},
      {"endpoints", count(balance.endpoints), Unit::count},
      {"connections", count(balance.connections), Unit::count},
      {"imbalance_ratio", balance.imbalance_ratio.value_or(0), Unit::ratio},
      {"effective_endpoints", balance.effective_endpoints.value_or(0), Unit::count},
      {"p_value", balance.p_value, Unit::ratio},
      {"window", window_seconds, Unit::seconds},
  };
  if (balance.requests_per_connection) {
    evidence.push_back({"requests_per_connection", *balance.requests_per_connection, Unit::count});
  }
  return evidence;
}

// "300 of 300 calls to users-1, one of 3 pods here, over 1 connection in all"
inline std::string busiest_in_words(const Balance& balance, std::string_view of_what) {
  std::string words = std::to_string(balance.requests_max) + " of " +
                      std::to_string(balance.requests) + " calls to " + balance.busiest +
                      ", one of " + std::to_string(balance.endpoints) + " " + std::string(of_what);
  if (balance.connections > 0) {
    words += ", over " + std::to_string(balance.connections) +
             (balance.connections == 1 ? " connection in all" : " connections in all");
  }
  return words;
}

}  // namespace mesh
