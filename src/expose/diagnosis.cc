// Bringing findings, silence and blindness together; see diagnosis.h.
#include "expose/diagnosis.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "compute/each_certificate.h"
#include "compute/findings.h"
#include "compute/findings/about_planes.h"
#include "compute/unknown_methods.h"

namespace mesh {
namespace {

bool is_everything(const ReportFilter& filter) {
  return filter.ns.empty() && filter.pod.empty() && filter.upstream.empty();
}

struct Looked {
  static constexpr std::size_t kinds = static_cast<std::size_t>(Among::declarations) + 1;
  std::array<std::uint64_t, kinds> counts{};  // by Among
  std::uint64_t quiet_upstreams = 0;          // with too little traffic to tell

  std::uint64_t& operator[](Among among) { return counts[static_cast<std::size_t>(among)]; }
  std::uint64_t of(Among among) const { return counts[static_cast<std::size_t>(among)]; }
};

// Of an upstream only what is about it: who calls it, and how it is set up.
bool has_upstream(const TargetState& state, const ReportFilter& filter) {
  const auto is_it = [&](const auto& one) { return filter.lets_upstream(one.upstream); };
  return std::ranges::any_of(state.pools, is_it) || std::ranges::any_of(state.balances, is_it) ||
         (state.settings && std::ranges::any_of(state.settings->upstreams, is_it));
}

bool lets(const TargetState& state, const ReportFilter& filter) {
  return filter.lets(state.target) && (filter.upstream.empty() || has_upstream(state, filter));
}

void look_at_target(const TargetState& state, const ReportFilter& filter, Looked& looked) {
  // A page of certificates alone says nothing of traffic: silence about it is no health.
  const bool tells_traffic = !is_application(state.target.mesh) && !state.plane &&
                             (state.proxy || !state.traffic.keys->empty());
  looked[Among::control_planes] += state.plane && filter.upstream.empty() ? 1 : 0;
  looked[Among::issuers] += tells_issuances(state) && filter.upstream.empty() ? 1 : 0;
  looked[Among::polled] += tells_traffic ? 1 : 0;
  // channelz has no word for what is wrong in a proxy: breakers, ejections, certificates.
  looked[Among::sidecars] += tells_traffic && !tells_of_itself(state.target.mesh) ? 1 : 0;
  looked[Among::settings] += state.settings ? 1 : 0;
  const ControlPlaneState& plane = state.control_plane;
  const bool has_links = !plane.links.empty(), has_updates = !plane.updates.empty();
  looked[Among::configured] += (has_links || has_updates) && filter.upstream.empty() ? 1 : 0;
  // CSDS tells what an xDS client was sent, and not whether it is connected.
  looked[Among::links] += has_links && filter.upstream.empty() ? 1 : 0;
  for (const UpstreamBalance& one : state.balances) {
    if (!filter.lets_upstream(one.upstream)) continue;
    const bool quiet = one.balance.verdict == BalanceVerdict::too_little_traffic;
    ++(quiet ? looked.quiet_upstreams : looked[Among::upstreams]);
  }
}

Looked count_looked(const Snapshot& snapshot, const ReportFilter& filter) {
  Looked looked;
  for (const auto& state : snapshot.targets) {
    if (lets(*state, filter) && state->up) look_at_target(*state, filter, looked);
  }
  if (!filter.upstream.empty()) return looked;
  for (const auto& state : snapshot.targets) {
    // The kernel tells it of a proxy that does not answer, too.
    if (!filter.lets(state->target) || !state->resources) continue;
    looked[Among::memory] += state->resources->working_set ? 1 : 0;
    looked[Among::memory_limits] += state->resources->memory_limit ? 1 : 0;
  }
  each_certificate(snapshot, [&](const Target& whose, const std::string&, const CertificatePlace&,
                                 const KnownCertificate& known) {
    if (!filter.lets(whose)) return;
    ++looked[Among::certificates];
    const Certificate& one = known.in_use;
    const bool told = one.key_bits > 0 || !one.signature_digest.empty();
    looked[Among::keys] += told ? 1 : 0;
  });
  for (const auto& state : snapshot.tls_endpoints) {
    if (!state->up || !filter.lets(state->whose)) continue;
    ++looked[Among::endpoints];
    looked[Among::verified] += state->handshake.trust ? 1 : 0;
    looked[Among::inbound] += state->whose.pod.empty() ? 0 : 1;
  }
  for (const auto& state : snapshot.grpc_health) {
    const bool asked = state->look.status != HealthStatus::not_asked;
    looked[Among::grpc_services] += asked && filter.lets(state->whose) ? 1 : 0;
  }
  for (const JudgedCalls& one : judged_calls(snapshot)) {
    looked[Among::declarations] += filter.lets(one.whose) ? 1 : 0;
  }
  if (!is_everything(filter)) return looked;  // they are nobody's
  for (const TrustBundleState& bundle : snapshot.trust_bundles) {
    looked[Among::bundles] += bundle.certificates ? 1 : 0;
  }
  const WatchedFiles& files = *snapshot.files;
  looked[Among::files] = files.files - files.kept - files.unreadable;
  return looked;
}

std::string number_of(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

struct Noun {
  std::string_view one, many;
};

Noun noun_of(Among among) {
  switch (among) {
    case Among::sidecars:
    case Among::polled: return {"sidecar", "sidecars"};
    case Among::certificates: return {"certificate", "certificates"};
    case Among::keys: return {"certificate whose key is told", "certificates whose keys are told"};
    case Among::endpoints: return {"TLS server", "TLS servers"};
    case Among::verified: return {"verified TLS server", "verified TLS servers"};
    case Among::inbound: return {"inbound port", "inbound ports"};
    case Among::bundles: return {"trust bundle", "trust bundles"};
    case Among::files: return {"readable file", "readable files"};
    case Among::configured: return {"client of a control plane", "clients of a control plane"};
    case Among::links:
      return {"client whose connection is told", "clients whose connections are told"};
    case Among::upstreams: return {"upstream", "upstreams"};
    case Among::settings: return {"configuration", "configurations"};
    case Among::memory: return {"sidecar whose memory is known", "sidecars whose memory is known"};
    case Among::control_planes: return {"control plane", "control planes"};
    case Among::issuers: return {"issuer", "issuers"};
    case Among::memory_limits: return {"memory limit", "memory limits"};
    case Among::grpc_services: return {"gRPC service", "gRPC services"};
    case Among::declarations:
      return {"workload whose methods are known", "workloads whose methods are known"};
  }
  return {};
}

// "7 sidecars and 3 proxyless applications", of which either may be missing.
std::string number_of_polled(const Looked& looked) {
  const std::uint64_t sidecars = looked.of(Among::sidecars);
  const std::uint64_t applications = looked.of(Among::polled) - sidecars;
  const auto [one, many] = noun_of(Among::sidecars);
  std::string words = sidecars > 0 ? number_of(sidecars, one, many) : "";
  if (applications == 0) return words;
  if (sidecars > 0) words += " and ";
  return words + number_of(applications, "proxyless application", "proxyless applications");
}

// "none among 14 certificates"; "" if there was nothing to look at.
std::string none_among(Among among, const Looked& looked) {
  const std::uint64_t count = looked.of(among);
  if (count == 0) return "";
  const auto [one, many] = noun_of(among);
  std::string words = "none among ";
  words += among == Among::polled ? number_of_polled(looked) : number_of(count, one, many);
  if (among == Among::upstreams && looked.quiet_upstreams > 0) {
    words +=
        ", " + std::to_string(looked.quiet_upstreams) + " more with too little traffic to tell";
  }
  return words;
}

Diagnosed as_told(const Finding& finding) {
  Diagnosed one;
  one.finding = finding.name;
  one.severity = to_string(finding.severity);
  one.mesh = finding.whose.mesh;
  one.ns = finding.whose.ns;
  one.pod = finding.whose.pod;
  one.workload = finding.whose.workload;
  one.where = finding.where;
  one.upstream = finding.upstream;
  one.subset = finding.subset;
  one.subject = finding.subject;
  one.cause = finding.cause;
  one.remedy = finding.remedy;
  for (const Evidence& number : finding.evidence) {
    one.evidence.push_back(
        {std::string(number.name), number.value, std::string(to_string(number.unit))});
  }
  if (finding.since) one.since = static_cast<std::int64_t>(unix_seconds(*finding.since));
  return one;
}

// What stands in the way of seeing everything.
std::vector<std::string> unseen_of(const Snapshot& snapshot, const ReportFilter& filter) {
  std::vector<std::string> unseen;
  for (const auto& state : snapshot.targets) {
    if (!filter.lets(state->target)) continue;
    const std::string who = target_id(state->target) + ": ";
    if (!state->last_attempt) unseen.push_back(who + "not asked yet");
    if (state->failure) unseen.push_back(who + state->failure->message);
    for (const Unanswered& one : state->unanswered) unseen.push_back(who + one.failure.message);
    if (state->resources && !state->resources->error.empty()) {
      unseen.push_back(who + state->resources->error);
    }
    const std::uint64_t left_out = state->settings ? state->settings->left_out : 0;
    if (left_out == 0) continue;
    unseen.push_back(who + "the settings of " + std::to_string(left_out) +
                     " upstreams beyond the bound");
  }
  for (const auto& state : snapshot.tls_endpoints) {
    if (!filter.lets(state->whose)) continue;
    const std::string who = where_of(*state) + ": ";
    if (!state->last_attempt) unseen.push_back(who + "not asked yet");
    if (state->failure) unseen.push_back(who + state->failure->message);
  }
  for (const UnaskedProbe& one : snapshot.unasked_probes) {
    if (!filter.lets(one.whose)) continue;
    unseen.push_back(qualified(one.whose.ns, one.name) + ": not asked yet");
  }
  // Who cannot be found may be the very one that is asked about.
  for (const DiscoveryState& source : snapshot.discovery->sources) {
    for (const std::string& problem : source.problems) unseen.push_back(problem);
  }
  if (!is_everything(filter)) return unseen;
  for (const std::string& warning : snapshot.files->warnings) unseen.push_back(warning);
  for (const auto& file : snapshot.files->remarkable) {
    if (!file->error.empty()) unseen.push_back(file->path + ": " + file->error);
  }
  return unseen;
}

// A workload's finding has no pod: who asks for a pod wants to know of its workload, too.
bool is_its_workload(const Target& whose, const Snapshot& snapshot, const ReportFilter& filter) {
  if (!whose.pod.empty() || whose.workload.empty()) return false;
  return std::ranges::any_of(snapshot.targets, [&](const auto& state) {
    const Target& target = state->target;
    return filter.lets(target) && target.ns == whose.ns && target.workload == whose.workload;
  });
}

// A workload whose calls a sidecar forwards without balancing them: that sidecar and its upstream
// are asked about as well, for there it is to be mended.
bool is_forwarded(const Finding& finding, const Snapshot& snapshot, const ReportFilter& filter) {
  const Target& whose = finding.whose;
  if (!whose.pod.empty() || whose.workload.empty()) return false;
  return std::ranges::any_of(snapshot.workload_balances, [&](const WorkloadBalance& one) {
    if (one.forwarded_by.empty() || one.ns != whose.ns || one.workload != whose.workload) {
      return false;
    }
    return (filter.upstream.empty() || filter.lets_upstream(one.forwarded_as)) &&
           std::ranges::any_of(snapshot.targets, [&](const auto& state) {
             return filter.lets(state->target) && target_id(state->target) == one.forwarded_by;
           });
  });
}

bool is_asked_about(const Finding& finding, const Snapshot& snapshot, const ReportFilter& filter) {
  const bool its = filter.lets(finding.whose) || is_its_workload(finding.whose, snapshot, filter);
  const bool about = filter.upstream.empty() || filter.lets_upstream(finding.upstream);
  return (its && about) || is_forwarded(finding, snapshot, filter);
}

}  // namespace

Diagnosis diagnose(const Page& page, const ReportFilter& filter) {
  const Snapshot& snapshot = page.snapshot;
  Diagnosis diagnosis;
  diagnosis.at = static_cast<std::int64_t>(unix_seconds(page.self.now));
  const Looked looked = count_looked(snapshot, filter);
  for (const auto& state : snapshot.targets) {
    diagnosis.seen += lets(*state, filter) && state->up ? 1 : 0;
  }
  diagnosis.seen += looked.of(Among::endpoints) + looked.of(Among::grpc_services);
  if (is_everything(filter)) {
    diagnosis.seen += snapshot.shown_files->places.size() + snapshot.shown_secrets->places.size();
  }
  std::vector<Finding> all = findings(snapshot, page.self.now);
  std::ranges::stable_sort(all, std::ranges::greater(), &Finding::severity);
  std::set<std::string_view> told;
  for (const Finding& finding : all) {
    if (!is_asked_about(finding, snapshot, filter)) continue;
    told.insert(finding.name);
    diagnosis.found.push_back(as_told(finding));
  }
  std::vector<Finding> pending = pending_findings(snapshot, page.self.now);
  std::ranges::stable_sort(pending, std::ranges::greater(), &Finding::severity);
  for (const Finding& finding : pending) {
    if (!is_asked_about(finding, snapshot, filter)) continue;
    told.insert(finding.name);
    diagnosis.pending.push_back(as_told(finding));
  }
  for (const FindingMaker* maker : finding_makers()) {
    if (told.contains(maker->name)) continue;
    const std::string none = none_among(maker->among, looked);
    if (!none.empty()) diagnosis.healthy.push_back(std::string(maker->name) + ": " + none);
  }
  diagnosis.unseen = unseen_of(snapshot, filter);
  return diagnosis;
}

std::string runbook_of(std::string_view finding) {
  return "docs/runbook.md#" + std::string(finding);
}

}  // namespace mesh
