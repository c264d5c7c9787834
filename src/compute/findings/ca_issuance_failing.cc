// A control plane that is asked for certificates and does not give them: workloads go on with the
// ones they have, and those end. Who is refused may be wrong himself (a token that is not valid);
// what fails is the CA's own.
#include <array>
#include <map>
#include <utility>

#include "compute/findings/about_planes.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

constexpr std::array remedies{
    Remedy{"istio",
           "kubectl logs -n istio-system deploy/istiod, lines with \"CSR\": CA_NOT_READY is a CA "
           "without its key (Secret cacerts or istio-ca-secret), refused ones are tokens that the "
           "API server does not accept"},
    Remedy{"linkerd",
           "linkerd check says whether the issuer is valid and of the trust anchors; kubectl logs "
           "-n linkerd deploy/linkerd-identity has the reason of each"},
    Remedy{"consul",
           "consul connect ca get-config, and the log of the leader: the provider (Vault, ACM) "
           "does not sign, an intermediate has ended, or csr_max_per_second is too small"},
    Remedy{"", "the log of the control plane has the reason of each"},
};

std::uint64_t count_of(const std::map<std::string, std::uint64_t>& all, const char* result) {
  const auto found = all.find(result);
  return found == all.end() ? 0 : found->second;
}

// One that comes again and again: a client that begins anew is refused now and then, once.
void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  for (const auto& state : snapshot.targets) {
    if (!state->up || !state->plane) continue;
    const auto increases = increases_of(*state, Counted::issuances);
    const std::uint64_t issued = count_of(increases, "issued");
    const std::uint64_t refused = count_of(increases, "refused");
    const std::uint64_t failed = count_of(increases, "failed");
    if (failed == 0 && refused < fewest_to_tell) continue;
    if (failed + refused <= issued) continue;
    const bool stopped = failed > 0 && issued == 0;
    const Severity severity = stopped ? Severity::critical : Severity::warning;
    Finding finding = about_target("ca_issuance_failing", severity, *state);
    finding.cause = counted(failed + refused, "request") +
                    " for a certificate in vain in the window (" + std::to_string(failed) +
                    " failed, " + std::to_string(refused) + " refused), " + std::to_string(issued) +
                    " issued";
    finding.evidence = {number("failed", failed), number("refused", refused),
                        number("issued", issued)};
    finding.remedy = remedy_for(state->target.mesh, remedies);
    found.push_back(std::move(finding));
  }
}

}  // namespace

const FindingMaker ca_issuance_failing{
    "ca_issuance_failing",
    "More requests for certificates fail at this control plane, or are refused, than are granted.",
    Stated::after_a_window, find, Among::issuers};

}  // namespace mesh
