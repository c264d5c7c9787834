// istiod, Istio's control plane: its own page, /metrics at 15014 (http-monitoring), which listens
// on all addresses and asks nobody who he is; the dialect `istiod`.
//
// Told are its version (istio_build of the component pilot; pilot_info has the commit as well), the
// proxies that are connected now by the version that they say they are, pushes of configuration by
// kind, and what was refused of them, how long a change takes until a proxy has it, and, where it
// is the CA, what became of requests for certificates and when root and signing certificate end.
// Oddities, by 1.31:
//
//   - counters end without _total, and have no line before they first count
//   - a push that did not go out is counted under its kind, too: so is every push
//   - proxies of a version of which there are none any more stay, at 0
//   - pilot_xds_cds_reject and its like are gauges that count each refusal since the start, by
//     proxy: nothing that can be told from a state. pilot_total_xds_rejects is read
//   - the delay of a change is measured where a proxy was pushed to, and not where nobody was
//   - a CA elsewhere (istio-csr, a RA) leaves the citadel_… families out: then it tells nothing of
//     certificates
//   - the root's end is that of the first root of the bundle
#pragma once

#include <memory>

#include "config/config.h"
#include "dialect/conversation.h"
#include "model/target.h"

namespace mesh {

std::unique_ptr<Conversation> open_istiod(const Target& target, const Config& config);

}  // namespace mesh
