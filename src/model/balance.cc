// The words of the verdicts, as label values.
#include "model/balance.h"

namespace mesh {

std::string_view to_string(BalanceVerdict verdict) {
  switch (verdict) {
    case BalanceVerdict::balanced: return "balanced";
    case BalanceVerdict::too_little_traffic: return "too_little_traffic";
    case BalanceVerdict::connection_pinned: return "connection_pinned";
    case BalanceVerdict::weighted: return "weighted";
    case BalanceVerdict::locality: return "locality";
    case BalanceVerdict::ejected: return "ejected";
    case BalanceVerdict::warming: return "warming";
    case BalanceVerdict::uneven: return "uneven";
  }
  return "";
}

}  // namespace mesh
