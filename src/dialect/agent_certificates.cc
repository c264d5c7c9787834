// The table of families, and how an end is computed from each; see agent_certificates.h.
#include "dialect/agent_certificates.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <string_view>

#include "base/limits.h"
#include "dialect/check_answer.h"

namespace mesh {
namespace {

using Seconds = std::chrono::seconds;
using std::chrono::sys_seconds;

enum class Means {
  end,       // when it ends, seconds since 1970
  left,      // how many seconds are left
  began,     // when it was obtained, seconds since 1970
  failures,  // renewals that failed, since the start
  attempts,  // renewals, failed or not: that none failed is worth telling then
  breaks,    // of the agent's connection to its control plane
  answers,   // that came over it
  holds,     // whether it is there: 1 or 0
};

struct Family {
  std::string_view name;
  Means means;
  std::string_view label;   // which label to look at; "": none
  std::string_view only;    // its only value of interest; "": it names the certificate
  std::string_view called;  // the name, where no label gives one; of failures the reason
  CertificateRole role = CertificateRole::leaf;
  Seconds stale{0};
};

constexpr auto intermediate = CertificateRole::intermediate;
constexpr auto root = CertificateRole::root;

// Consul's ticker, and the rounding of a float: 32 s at ten years.
constexpr Seconds hourly = std::chrono::hours(1) + Seconds(60);

// Istio's agent: security/pkg/nodeagent/cache/monitoring.go and secretcache.go, prefixed in
// pilot/cmd/pilot-agent/status. A failed request is one that all five tries of failed; counters
// end without _total. istiod: security/pkg/server/ca; the chain is its signing certificate, absent
// if it is self-signed. The _seconds forms came later than the timestamps and say the same.
// Its connection to istiod: pkg/istio-agent/metrics; `error` is counted for each attempt that
// fails, too (seen with 1.31), and the failures have no line before the first. A ztunnel is its own
// agent: src/xds/metrics.rs; of its endings Reconnect and Complete are istiod's own good order.
// Linkerd's proxies: linkerd/identity/src/metrics.rs; without `control_` in builds up to 2024-04.
// `error` counts certificates that came and were refused; a CA that does not answer is counted
// nowhere. Its identity controller: pkg/identity/service.go, from edge-25.2.1 on; the issuer must
// be an intermediate CA there.
// Consul's dataplane: pkg/consuldp/{stats,metrics}.go; its connection to the servers, which Envoy,
// whose control plane is the dataplane beside it, does not see break.
// Consul: agent/consul/leader_metrics.go; the signing CA is the root where there is no other.
constexpr std::array<Family, 28> families{{
    {"istio_agent_cert_expiry_seconds", Means::left, "resource_name", "", ""},
    {"istio_agent_num_failed_outgoing_requests", Means::failures, "request_type", "csr",
     "request_failed"},
    {"istio_agent_num_outgoing_requests", Means::attempts, "request_type", "csr", "request_failed"},
    {"istio_agent_num_file_secret_failures_total", Means::failures, "", "", "file_unreadable"},
    {"istio_agent_istiod_connection_failures", Means::breaks, "", "", ""},
    {"istio_agent_istiod_connection_terminations", Means::breaks, "type", "error", ""},
    {"istio_agent_xds_proxy_responses", Means::answers, "", "", ""},
    {"istio_xds_connection_terminations_total", Means::breaks, "reason", "ConnectionError", ""},
    {"istio_xds_connection_terminations_total", Means::breaks, "reason", "Error", ""},
    {"istio_xds_message_total", Means::answers, "", "", ""},
    {"citadel_server_root_cert_expiry_timestamp", Means::end, "", "", "root_cert", root},
    {"citadel_server_root_cert_expiry_seconds", Means::left, "", "", "root_cert", root},
    {"citadel_server_cert_chain_expiry_timestamp", Means::end, "", "", "cert_chain", intermediate},
    {"citadel_server_cert_chain_expiry_seconds", Means::left, "", "", "cert_chain", intermediate},

    {"control_identity_cert_expiration_timestamp_seconds", Means::end, "", "", "identity"},
    {"identity_cert_expiration_timestamp_seconds", Means::end, "", "", "identity"},
    {"control_identity_cert_refresh_timestamp_seconds", Means::began, "", "", "identity"},
    {"identity_cert_refresh_timestamp_seconds", Means::began, "", "", "identity"},
    {"control_identity_cert_refreshes_total", Means::failures, "result", "error",
     "update_rejected"},
    {"identity_cert_refreshes_total", Means::failures, "result", "error", "update_rejected"},
    {"control_identity_cert_refreshes_total", Means::attempts, "result", "ok", "update_rejected"},
    {"identity_cert_refreshes_total", Means::attempts, "result", "ok", "update_rejected"},
    {"issuer_cert_ttl_seconds", Means::left, "", "", "issuer", intermediate},

    {"consul_dataplane_consul_connected", Means::holds, "", "", ""},
    {"consul_dataplane_connection_errors", Means::breaks, "", "", ""},
    {"consul_mesh_active_root_ca_expiry", Means::left, "", "", "mesh_root_ca", root, hourly},
    {"consul_mesh_active_signing_ca_expiry", Means::left, "", "", "mesh_signing_ca", intermediate,
     hourly},
    {"consul_agent_tls_cert_expiry", Means::left, "", "", "agent_tls_cert", CertificateRole::leaf,
     hourly},
}};

// Istio's names of roots: its own, and those read from files.
bool names_a_root(std::string_view resource) {
  return resource == "ROOTCA" || resource.starts_with("file-root:");
}

// The year 9999, beyond which no certificate speaks; numbers of that size are somebody's accident.
constexpr double latest = 253'402'300'799;

// An end that is rounded down must not lose a second to a clock that is a little behind.
constexpr double clock_slack = 0.25;

sys_seconds to_seconds(double unix) {
  return sys_seconds(Seconds(static_cast<std::int64_t>(std::floor(unix))));
}

// Whether it was added: a counter is no negative number, and none without end.
bool count(std::vector<AgentFailures>& failures, std::string_view reason, double value) {
  const auto found = std::ranges::find(failures, reason, &AgentFailures::reason);
  AgentFailures& one = found == failures.end() ? failures.emplace_back() : *found;
  one.reason = reason;
  if (!fits_counter(value)) return false;
  one.count += static_cast<std::uint64_t>(value);
  return true;
}

bool is_of_link(Means means) {
  return means == Means::breaks || means == Means::answers || means == Means::holds;
}

bool count(std::optional<AgentLink>& link, const Family& family, double value) {
  if (!link) link.emplace();
  if (family.name.starts_with("consul_")) link->to = "consul";
  if (!fits_counter(value)) return false;
  switch (family.means) {
    case Means::holds: link->connected = value != 0; break;
    case Means::breaks: link->broken += static_cast<std::uint64_t>(value); break;
    default: link->answers += static_cast<std::uint64_t>(value); break;
  }
  return true;
}

// 0 is what a gauge says that nobody has set, NaN what Consul's followers say: there is none.
bool is_unset(const Family& family, double value) {
  return value == 0 || (std::isnan(value) && family.name.starts_with("consul_"));
}

std::string words(std::string_view name, double value) {
  return std::string(name).append(" ").append(std::to_string(value));
}

// When what is left at the answer is over, and how late that may be.
void set_end(Certificate& one, double left, Seconds stale, const Response& answer) {
  one.not_after = to_seconds(unix_seconds(answer.received_at) + left + clock_slack);
  one.not_after_slack =
      stale + std::chrono::ceil<Seconds>(answer.received - answer.sent) + Seconds(1);
}

}  // namespace

void AgentCertificates::enter(const Sample& sample) {
  for (const Family& family : families) {
    if (sample.name != family.name) continue;
    const std::string_view label = family.label.empty() ? "" : sample.label(family.label);
    if (!family.only.empty() && label != family.only) continue;
    heard_ = true;
    if (family.means == Means::failures || family.means == Means::attempts) {
      const double failed = family.means == Means::failures ? sample.value : 0;
      if (!count(failures_, family.called, failed)) unreadables_.add(words(family.name, failed));
      continue;
    }
    if (is_of_link(family.means)) {
      if (!count(link_, family, sample.value)) {
        unreadables_.add(words(family.name, sample.value));
      }
      continue;
    }
    if (is_unset(family, sample.value)) continue;
    const std::string_view name = family.called.empty() ? label : family.called;
    const bool endless = name.size() > limits::agent_certificate_name_bytes;
    if (endless || !(std::abs(sample.value) <= latest)) {
      unreadables_.add(words(endless ? name : family.name, sample.value));
      continue;
    }
    const bool is_root = family.called.empty() && names_a_root(name);
    Told& told = told_[{is_root ? root : family.role, std::string(name)}];
    std::optional<double>& number = family.means == Means::end    ? told.end
                                    : family.means == Means::left ? told.left
                                                                  : told.began;
    if (number) continue;  // merged pages may repeat a family: the first sample counts
    number = sample.value;
    if (family.means == Means::left) told.stale = family.stale;
  }
  // A page may be very long: what cannot be shown in the end is not remembered to its end.
  if (told_.size() >= 2 * limits::agent_certificates_per_page) leave_out_the_last();
}

// Of one page only what a label names can be many, and all of that tells the time left.
void AgentCertificates::leave_out_the_last() {
  std::vector<std::pair<double, Key>> order;
  for (const auto& [key, told] : told_) order.emplace_back(told.left.value_or(-latest), key);
  const auto kept = order.begin() + limits::agent_certificates_per_page;
  std::ranges::nth_element(order, kept);
  for (auto it = kept; it != order.end(); ++it) told_.erase(it->second);
  left_out_ += static_cast<std::uint64_t>(order.end() - kept);
}

void AgentCertificates::tell(const Response& answer, Readings& readings) const {
  if (!heard_) return;
  AgentReading reading;
  reading.failures = failures_;
  reading.link = link_;
  reading.look.left_out = left_out_;
  Unreadables unreadables = unreadables_;
  for (const auto& [key, told] : told_) {
    Certificate one;
    one.role = key.first;
    one.path = key.second;
    const double answered = unix_seconds(answer.received_at);
    if (told.end && *told.end > 0) {
      one.not_after = to_seconds(*told.end);
    } else if (!told.left) {
      continue;
    } else if (answered + *told.left > 0 && answered + *told.left + 1 <= latest) {
      set_end(one, *told.left, told.stale, answer);
    } else {
      unreadables.add(words(key.second, *told.left));
      continue;
    }
    if (told.began && *told.began > 0) one.not_before = to_seconds(*told.began);
    reading.look.held.push_back({std::move(one)});
  }
  const auto end = [](const HeldTogether& held) { return held.front().not_after; };
  std::vector<HeldTogether>& held = reading.look.held;
  if (held.size() > limits::agent_certificates_per_page) {
    std::ranges::stable_sort(held, {}, end);
    reading.look.left_out += held.size() - limits::agent_certificates_per_page;
    held.resize(limits::agent_certificates_per_page);
  }
  readings.agent = std::move(reading);
  note_unreadable(unreadables.count(), unreadables.sample(), readings);
}

}  // namespace mesh
