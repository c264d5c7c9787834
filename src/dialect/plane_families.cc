// The list itself; see plane_families.h.
#include "dialect/plane_families.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "base/text.h"
#include "dialect/bound.h"
#include "wire/grpc_code.h"

namespace mesh {
namespace {

struct Condition {
  std::string_view label, value;
};

struct Family {
  std::string_view mesh;  // "": of all
  std::string_view name;
  PlaneMeans means;
  Counted counted = Counted::issuances;
  std::string_view label = "";   // what tells the detail, or the text
  std::string_view detail = "";  // where no label does
  // The word of the contract for what the label says, where that is another one.
  std::string_view (*word)(std::string_view told) = nullptr;
  std::array<Condition, 2> only{};  // labels that must have these values
};

constexpr auto counter = PlaneMeans::counter;

// Kinds of configuration; what is none of them is "other", for the kind may be anybody's URL.
std::string_view kind_of_push(std::string_view told) {
  static constexpr std::array known{"cds",  "lds",  "rds", "eds", "sds", "nds",
                                    "ecds", "pcds", "bds", "wds", "wads"};
  const auto found = std::ranges::find(known, told);
  return found == known.end() ? std::string_view("other") : std::string_view(*found);
}

// Errors of istiod's CA (security/pkg/pki/error): two are about what it was sent.
std::string_view istios_refusal(std::string_view told) {
  return told == "CSR_ERROR" || told == "TTL_ERROR" ? refused : failed;
}

// What Linkerd's identity controller answers to a request that is wrong: pkg/identity/service.go.
// An issuer that has ended, or does not fit the anchors, is UNKNOWN there; one that is not there
// yet is UNAVAILABLE.
std::string_view linkerds_answer(std::string_view told) {
  const std::string_view code = grpc_code_spelled(told).value_or("");
  if (code == "OK") return issued;
  const bool wrong = code == "INVALID_ARGUMENT" || code == "FAILED_PRECONDITION" ||
                     code == "UNAUTHENTICATED" || code == "PERMISSION_DENIED";
  return wrong ? refused : failed;
}

// Consul tells that it failed, and not whose fault that was.
std::string_view consuls_answer(std::string_view told) { return told == "false" ? issued : failed; }

constexpr Condition certify[] = {{"grpc_service", "io.linkerd.proxy.identity.Identity"},
                                 {"grpc_method", "Certify"}};
// A server that is not the leader hands the request on, and counts it as well.
constexpr Condition sign[] = {{"method", "ConnectCA.Sign"}, {"leader", "true"}};

// istiod: pilot/pkg/xds/monitoring.go, pkg/xds/monitoring.go, pilot/pkg/bootstrap/monitoring.go,
// security/pkg/server/ca. A push that did not go out is counted under its kind as well, and one
// that a proxy refused went out. `…_builderr` was counted by versions up to 1.9.
// citadel_server_csr_count is their sum and not read; that it is a CA shows by its root.
// Linkerd's controllers: pkg/prometheus (go-grpc-prometheus).
// Consul's servers: agent/agent.go, agent/xds/server.go, agent/rpc/middleware. The last is a
// summary of milliseconds; it is blocked unless telemetry.prefix_filter lets it in
// ("+consul.rpc.server.call").
constexpr std::array<Family, 24> families{{
    {"istio",
     "istio_build",
     PlaneMeans::version,
     {},
     "tag",
     "",
     nullptr,
     {{{"component", "pilot"}}}},
    {"istio", "pilot_info", PlaneMeans::build, {}, "version"},
    {"istio", "pilot_xds", PlaneMeans::proxies, {}, "version"},
    {"istio", "citadel_server_root_cert_expiry_timestamp", PlaneMeans::issuer},
    {"istio", "citadel_server_success_cert_issuance_count", counter, Counted::issuances, "",
     issued},
    {"istio", "citadel_server_authentication_failure_count", counter, Counted::issuances, "",
     refused},
    {"istio", "citadel_server_csr_parsing_err_count", counter, Counted::issuances, "", refused},
    {"istio", "citadel_server_id_extraction_err_count", counter, Counted::issuances, "", refused},
    {"istio", "citadel_server_csr_sign_err_count", counter, Counted::issuances, "error", "",
     istios_refusal},
    {"istio", "pilot_xds_pushes", counter, Counted::pushes, "type", "", kind_of_push},
    {"istio", "pilot_total_xds_rejects", counter, Counted::push_rejections, "type", "",
     kind_of_push},
    {"istio", "pilot_total_xds_internal_errors", counter, Counted::plane_errors, "", "internal"},
    {"istio", "pilot_xds_write_timeout", counter, Counted::plane_errors, "", "write_timeout"},
    {"istio", "pilot_sds_certificate_errors_total", counter, Counted::plane_errors, "", "secret"},
    {"istio", "pilot_proxy_convergence_time_bucket", counter, Counted::convergence_bucket, "le"},
    {"istio", "pilot_proxy_convergence_time_sum", counter, Counted::convergence_sum_us},

    {"linkerd", "issuer_cert_ttl_seconds", PlaneMeans::issuer},
    {"linkerd",
     "grpc_server_handled_total",
     counter,
     Counted::issuances,
     "grpc_code",
     "",
     linkerds_answer,
     {certify[0], certify[1]}},

    {"consul", "consul_version", PlaneMeans::version, {}, "version"},
    {"consul", "consul_xds_server_streams", PlaneMeans::proxies},
    {"consul", "consul_rpc_server_call_count", PlaneMeans::issuer},
    {"consul",
     "consul_rpc_server_call_count",
     counter,
     Counted::issuances,
     "errored",
     "",
     consuls_answer,
     {sign[0], sign[1]}},

    {"", "process_resident_memory_bytes", PlaneMeans::memory},
    {"", "process_start_time_seconds", PlaneMeans::started},
}};

bool is_it(const Sample& sample, const Family& family, std::string_view mesh) {
  if (sample.name != family.name || !(family.mesh.empty() || family.mesh == mesh)) return false;
  return std::ranges::all_of(family.only, [&](const Condition& one) {
    return one.label.empty() || sample.label(one.label) == one.value;
  });
}

// "cds_senderr" is a failure of "cds".
std::string_view without_error(std::string_view told, Counted& counted) {
  for (const std::string_view error : {"_senderr", "_builderr"}) {
    if (take_back(told, error)) counted = Counted::push_failures;
  }
  return told;
}

std::optional<PlaneSample> counted(const Sample& sample, const Family& family) {
  PlaneSample read;
  read.value = sample.value;
  read.key.counted = family.counted;
  std::string_view told = family.label.empty() ? family.detail : sample.label(family.label);
  if (family.counted == Counted::convergence_bucket) {
    const auto bound = parse_double(told);
    if (!bound || std::isnan(*bound)) return std::nullopt;
    read.key.detail = bound_in_seconds(*bound, 1);
    return read;
  }
  if (family.counted == Counted::convergence_sum_us) read.value = std::round(sample.value * 1e6);
  if (family.counted == Counted::pushes) told = without_error(told, read.key.counted);
  read.key.detail = family.word ? family.word(told) : told;
  return read;
}

}  // namespace

void read_plane_sample(const Sample& sample, std::string_view mesh,
                       const std::function<void(PlaneSample read)>& visit) {
  for (const Family& family : families) {
    if (!is_it(sample, family, mesh)) continue;
    if (family.means == PlaneMeans::counter) {
      if (auto read = counted(sample, family)) visit(std::move(*read));
      continue;
    }
    PlaneSample read;
    read.means = family.means;
    read.value = sample.value;
    if (!family.label.empty()) read.text = sample.label(family.label);
    visit(std::move(read));
  }
}

}  // namespace mesh
