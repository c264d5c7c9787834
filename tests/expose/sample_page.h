// What the tests of this room render: a small mesh written down as literals, and helpers to read
// pages back.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "expose/metrics_page.h"
#include "expose/page.h"
#include "expose/sample_certificates.h"

namespace mesh::sample {

std::shared_ptr<const std::vector<SeriesKey>> keys(std::vector<SeriesKey> list);

SeriesKey call(std::string upstream, std::string method, std::string code);

// A target that has been polled once, successfully, and has counted nothing.
TargetState answering(std::string pod);

// A proxyless server of a hundred calls, ten of which failed: with which status is not told.
inline TargetState without_statuses() {
  TargetState state = answering("users-0");
  state.target.mesh = "proxyless";
  std::vector<SeriesKey> list{call("", "", "OK"), call("", "", "other")};
  for (SeriesKey& key : list) {
    key.direction = Direction::inbound;
    key.service = {};
  }
  state.traffic.keys = keys(std::move(list));
  state.traffic.totals = state.traffic.increases = {90, 10};
  state.traffic.window_seconds = 10;
  return state;
}

Snapshot snapshot_of(std::vector<TargetState> targets);

// One that lost its issuer at the last look, and lost and found its control plane before.
ControlPlaneState control_plane();

// Of a sidecar that was killed once, and is stopped now and then.
SidecarResources resources();

// A client sidecar with one of everything.
TargetState client();

// One that never answered.
TargetState refusing();

// A TLS server that showed a chain.
TlsEndpointState gateway();

// The port at which the client takes calls: it shows the leaf that was replaced.
TlsEndpointState inbound();

// A bundle that has not the root in use, and one that cannot be read.
std::vector<TrustBundleState> bundles();

// The two together, and something that was folded.
Snapshot two_sidecars();

SelfNumbers self();

PageOptions options();

std::string render(const Snapshot& snapshot, Format format = Format::prometheus_text);

// The samples of one metric, each a line, without the comments.
std::vector<std::string> samples(const std::string& page, const std::string& name);

std::string read_file(const std::string& name);

// The text that a file must have; with MESH_REGENERATE=1 the file is written first.
std::string golden(const std::string& file_name, const std::string& now);

inline constexpr const char* how_to_regenerate =
    "If the change is meant: MESH_REGENERATE=1 expose_test, then review the difference.";

}  // namespace mesh::sample
