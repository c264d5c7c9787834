// What Istio's filter counts, beside what Envoy's admin port tells of itself.
//
// The text form has the families of that filter with their labels run together by dots into one
// name, in which the values have dots, too. The Prometheus form, at the same port, has them as they
// are: it is asked for these families alone, in every poll while there are any, on the connection
// that brought the statistics. Both become one block of counters, with each call in it once
// (istio_accounts.h).
//
// A conversation around Envoy's. Where it fails, what Envoy told stays, and what it had is not
// taken for gone.
#pragma once

#include <memory>

#include "base/clock.h"
#include "dialect/conversation.h"

namespace mesh {

// A proxy that has none of the families is asked for them once an interval only.
std::unique_ptr<Conversation> with_istio_calls(std::unique_ptr<Conversation> envoy,
                                               Duration interval);

}  // namespace mesh
