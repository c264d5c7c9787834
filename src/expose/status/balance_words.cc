// What compute/balance concluded, said to a person; see balance_words.h.
#include "expose/status/balance_words.h"

#include <algorithm>
#include <cmath>

#include "expose/table.h"

namespace mesh {
namespace {

std::string members(std::size_t count, std::string_view member) {
  return counted(count, member, std::string(member) + "s");
}

std::string busiest_words(const Balance& balance) {
  std::string words = counted(balance.requests_max, "call", "calls") + " of " +
                      std::to_string(balance.requests) + " went to " +
                      (balance.busiest.empty() ? "one" : balance.busiest);
  if (balance.imbalance_ratio) {
    words += ", " + shown_number(*balance.imbalance_ratio) + " times its share";
  }
  return words;
}

std::string pinned_words(const Balance& balance, std::string_view member) {
  const double working = std::max(1.0, balance.effective_endpoints.value_or(1));
  std::string words = "traffic is pinned to " +
                      std::to_string(static_cast<std::uint64_t>(std::round(working))) + " of " +
                      members(balance.endpoints, member) + ": " + busiest_words(balance);
  if (balance.connections == 0) return words;
  return words + ", over " + counted(balance.connections, "connection", "connections") +
         " in all; connections are balanced, not calls";
}

}  // namespace

std::string balance_words(const Balance& balance, std::string_view member) {
  switch (balance.verdict) {
    case BalanceVerdict::balanced:
      return "calls are spread evenly over " + members(balance.endpoints, member);
    case BalanceVerdict::too_little_traffic:
      return counted(balance.requests, "call", "calls") + " on " +
             members(balance.endpoints, member) + ", too few to judge by";
    case BalanceVerdict::connection_pinned: return pinned_words(balance, member);
    case BalanceVerdict::weighted: return "spread as the weights say: " + busiest_words(balance);
    case BalanceVerdict::locality:
      return "nearer " + std::string(member) + "s are preferred: " + busiest_words(balance);
    case BalanceVerdict::ejected:
      return "uneven because some of " + members(balance.endpoints, member) +
             " could not be chosen: " + busiest_words(balance);
    case BalanceVerdict::warming:
      return "uneven because some of " + members(balance.endpoints, member) +
             " came or went: " + busiest_words(balance);
    case BalanceVerdict::uneven:
      return "uneven, and nothing explains it: " + busiest_words(balance);
  }
  return "";
}

Tone tone_of(BalanceVerdict verdict) {
  switch (verdict) {
    case BalanceVerdict::connection_pinned:
    case BalanceVerdict::uneven: return Tone::note;
    case BalanceVerdict::balanced: return Tone::good;
    default: return Tone::idle;
  }
}

int badness(BalanceVerdict verdict) {
  switch (verdict) {
    case BalanceVerdict::connection_pinned: return 4;
    case BalanceVerdict::uneven: return 3;
    case BalanceVerdict::ejected:
    case BalanceVerdict::warming: return 2;
    case BalanceVerdict::weighted:
    case BalanceVerdict::locality: return 1;
    default: return 0;
  }
}

}  // namespace mesh
