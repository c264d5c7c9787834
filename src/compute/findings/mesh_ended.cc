// AWS App Mesh was ended by its owner on 2026-09-30. Its Envoys go on with the configuration that
// they have, as long as they are not restarted, and with the certificates that they were given.
// Once for each workload: what is to be done is the same for all its pods.
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "base/duration.h"
#include "compute/findings/about_pools.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

using std::chrono::sys_seconds;

constexpr std::string_view ended_mesh = "appmesh";
constexpr sys_seconds ended{std::chrono::sys_days{std::chrono::year{2026} / 9 / 30}};

struct Workload {
  const TargetState* first = nullptr;
  std::uint64_t sidecars = 0;
  std::optional<sys_seconds> first_end;  // of their leaves in use
};

std::optional<sys_seconds> end_of_leaves(const TargetState& state) {
  std::optional<sys_seconds> first;
  for (const auto& place : state.certificates) {
    for (const KnownCertificate& known : place->known) {
      if (known.in_use.role != CertificateRole::leaf) continue;
      first = std::min(first.value_or(known.in_use.not_after), known.in_use.not_after);
    }
  }
  return first;
}

std::string end_in_words(const std::optional<sys_seconds>& end, sys_seconds now) {
  if (!end) return "no certificate of its sidecars is known";
  const auto left = (*end - now).count();
  if (left <= 0) return "the first of its certificates ended " + format_roughly(-left) + " ago";
  return "the first of its certificates ends in " + format_roughly(left);
}

void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second < ended) return;
  // A pod of no workload is one of its own.
  std::map<std::tuple<std::string, std::string, std::string>, Workload> workloads;
  for (const auto& state : snapshot.targets) {
    const Target& target = state->target;
    if (target.mesh != ended_mesh) continue;
    const std::string alone = target.workload.empty() ? target.pod : "";
    Workload& one = workloads[{target.ns, target.workload, alone}];
    if (!one.first) one.first = state.get();
    ++one.sidecars;
    const auto end = end_of_leaves(*state);
    if (end) one.first_end = std::min(one.first_end.value_or(*end), *end);
  }
  for (const auto& [name, one] : workloads) {
    Finding finding = about_target("mesh_ended", Severity::warning, *one.first);
    finding.since = WallTime{ended};
    finding.cause = "App Mesh ended on 2026-09-30 and has no control plane any more: " +
                    counted(one.sidecars, "sidecar") +
                    " here will get no configuration after a restart, and " +
                    end_in_words(one.first_end, second);
    finding.evidence = {number("sidecars", one.sidecars)};
    if (one.first_end) {
      const auto end = static_cast<double>(one.first_end->time_since_epoch().count());
      finding.evidence.push_back({"first_certificate_ends", end, Unit::unix_seconds});
    }
    finding.remedy =
        "move the workload to another mesh, or to Amazon ECS Service Connect or VPC Lattice, "
        "before its pods are restarted or the certificate ends; until then do not restart them";
    found.push_back(std::move(finding));
  }
}

}  // namespace

const FindingMaker mesh_ended{"mesh_ended",
                              "The mesh of this sidecar was ended by who ran it: AWS App Mesh.",
                              Stated::at_once, find, Among::sidecars};

}  // namespace mesh
