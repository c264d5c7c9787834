// The one visible list of findings: what is declared here is defined in a file of the same name.
#pragma once

#include <array>

#include "compute/findings.h"

namespace mesh {

extern const FindingMaker certificate_expired;
extern const FindingMaker trust_broken;
extern const FindingMaker control_plane_unreachable;
extern const FindingMaker certificate_expiring;
extern const FindingMaker rotation_failing;
extern const FindingMaker rotation_overdue;
extern const FindingMaker config_rejected;
extern const FindingMaker stale_certificate_in_use;
extern const FindingMaker certificate_not_yet_valid;
extern const FindingMaker weak_certificate;
extern const FindingMaker traffic_pinned;
extern const FindingMaker traffic_uneven;
extern const FindingMaker served_chain_differs;
extern const FindingMaker root_not_in_bundle;
extern const FindingMaker trust_bundle_unreadable;
extern const FindingMaker certificate_file_unreadable;
extern const FindingMaker no_healthy_endpoint;
extern const FindingMaker grpc_not_serving;
extern const FindingMaker grpc_probe_unusable;
extern const FindingMaker tls_handshake_failures;
extern const FindingMaker connect_failures;
extern const FindingMaker pool_exhausted;
extern const FindingMaker connection_resets;
extern const FindingMaker endpoints_ejected;
extern const FindingMaker calls_denied;
extern const FindingMaker unknown_methods_called;
extern const FindingMaker stream_limit;
extern const FindingMaker circuit_breaker_open;
extern const FindingMaker slow_admin;
extern const FindingMaker grpc_web_cors;
extern const FindingMaker breaker_unlimited;
extern const FindingMaker no_outlier_detection;
extern const FindingMaker connect_timeout_long;
extern const FindingMaker no_connection_cycling;
extern const FindingMaker stream_limit_low;
extern const FindingMaker window_small;
extern const FindingMaker sidecar_oom_killed;
extern const FindingMaker sidecar_memory_pressure;
extern const FindingMaker sidecar_memory_limit_low;
extern const FindingMaker ca_issuance_failing;
extern const FindingMaker control_plane_pushes_rejected;
extern const FindingMaker version_skew;
extern const FindingMaker mesh_ended;

// In the order in which they matter: what stops a mesh first.
// clang-format off
inline constexpr std::array all_findings{
    &certificate_expired,
    &trust_broken,
    &no_healthy_endpoint,
    &grpc_not_serving,
    &tls_handshake_failures,
    &connect_failures,
    &sidecar_oom_killed,
    &pool_exhausted,
    &control_plane_unreachable,
    &ca_issuance_failing,
    &certificate_expiring,
    &traffic_pinned,
    &connection_resets,
    &endpoints_ejected,
    &stream_limit,
    &circuit_breaker_open,
    &sidecar_memory_pressure,
    &rotation_failing,
    &rotation_overdue,
    &config_rejected,
    &control_plane_pushes_rejected,
    &mesh_ended,
    &served_chain_differs,
    &stale_certificate_in_use,
    &certificate_not_yet_valid,
    &root_not_in_bundle,
    &trust_bundle_unreadable,
    &certificate_file_unreadable,
    &grpc_probe_unusable,
    &unknown_methods_called,
    &traffic_uneven,
    &calls_denied,
    &version_skew,
    &slow_admin,
    &weak_certificate,
    &grpc_web_cors,
    &breaker_unlimited,
    &no_outlier_detection,
    &connect_timeout_long,
    &no_connection_cycling,
    &stream_limit_low,
    &window_small,
    &sidecar_memory_limit_low,
};
// clang-format on

}  // namespace mesh
