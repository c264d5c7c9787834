// The literals themselves: compiled once, because every test of the room renders them.
#include "expose/sample_page.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "expose/sample_pool.h"

namespace mesh::sample {

std::shared_ptr<const std::vector<SeriesKey>> keys(std::vector<SeriesKey> list) {
  return std::make_shared<const std::vector<SeriesKey>>(std::move(list));
}

SeriesKey call(std::string upstream, std::string method, std::string code) {
  return {Counted::calls,        Direction::outbound, std::move(upstream), "",
          "user.v1.UserService", std::move(method),   std::move(code)};
}

TargetState answering(std::string pod) {
  TargetState state;
  state.target.ns = "shop";
  state.target.pod = std::move(pod);
  state.target.workload = "frontend";
  state.up = true;
  state.last_attempt = state.last_success = at(1'760'000'000'250);
  state.scrape_seconds = 0.021;
  state.scrape_bytes = 33'120;
  state.poll_interval = std::chrono::seconds(15);
  return state;
}

Snapshot snapshot_of(std::vector<TargetState> targets) {
  Snapshot snapshot;
  snapshot.at = at(1'760'000'000'500);
  snapshot.pass = {0.125, 0.15625, 12};
  for (TargetState& state : targets) {
    snapshot.targets.push_back(std::make_shared<const TargetState>(std::move(state)));
  }
  return snapshot;
}

ControlPlaneState control_plane() {
  ControlPlaneState plane;
  plane.links = {{ConfigKind::ads, "", true, true, {}, 0},
                 {ConfigKind::sds, "ROOTCA", true, true, {}, 0},
                 {ConfigKind::sds, "default", false, true, at(1'760'000'000'250), 1}};
  plane.updates = {{ConfigKind::cds, 12, 1, 3, at(1'759'999'123'456)},
                   {ConfigKind::eds, 0, 2, 0, {}},
                   {ConfigKind::sds, 2, 0, 1, at(1'759'990'001'000)}};
  plane.reconnects = {{ConfigKind::ads, 1}, {ConfigKind::sds, 0}};
  plane.statuses = {{ConfigKind::cds, ConfigStatus::acked, 3},
                    {ConfigKind::cds, ConfigStatus::nacked, 1},
                    {ConfigKind::lds, ConfigStatus::stale, 2}};
  plane.versions = {{ConfigKind::cds, "v7", 3}, {ConfigKind::cds, "other", 1}};
  plane.cascade = Cascade{std::chrono::sys_seconds(std::chrono::seconds(1'760'076'400)),
                          std::chrono::sys_seconds(std::chrono::seconds(1'759'990'000)),
                          "spiffe://cluster.local/ns/shop/sa/frontend"};
  return plane;
}

SidecarResources resources() {
  SidecarResources resources;
  resources.working_set = 148 * 1024 * 1024;
  resources.memory_limit = 256 * 1024 * 1024;
  resources.memory_peak = 201'326'592;
  resources.cpu_limit = 0.5;
  resources.memory_stalled = 0.015;
  resources.totals = {1, 12'500'000, 750'000, 600, 15, 250'000, 125'000, 2'000'000};
  return resources;
}

TargetState client() {
  constexpr const char* users = "users.shop.svc.cluster.local:50051";
  TargetState state = answering("frontend-0");
  state.proxy = Proxy{"1.40.0", "9e5580933739/Clean/RELEASE/BoringSSL", "sidecar~frontend-0",
                      ProxyState::live, Instant(std::chrono::seconds(5))};
  state.uptime_seconds = 3601.5;
  state.heap = Heap{41'000'000, 67'108'864};
  state.resources = resources();
  state.failures[static_cast<std::size_t>(Reason::timeout)] = 2;
  state.parse_errors = 1;
  state.ambiguous_series = 4;
  const SeriesKey get = call(users, "GetUser", "");
  std::vector<SeriesKey> list{call(users, "GetUser", "OK"), call(users, "GetUser", "UNAVAILABLE"),
                              call("", "Ping", "OK")};
  list[2].direction = Direction::inbound;
  const auto add = [&list](SeriesKey key, Counted counted, std::string detail) {
    key.counted = counted;
    key.detail = std::move(detail);
    list.push_back(std::move(key));
  };
  add(get, Counted::messages, "request");
  add(get, Counted::messages, "response");
  add(get, Counted::duration_bucket, "0.005");
  add(get, Counted::duration_bucket, "1");
  add(get, Counted::duration_bucket, "+Inf");
  add(get, Counted::duration_sum_us, "");
  SeriesKey canary = get;
  canary.subset = "canary";
  canary.service = canary.method = "";
  add(canary, Counted::resets, "remote");
  SeriesKey callers;
  callers.direction = Direction::inbound;
  add(callers, Counted::denials, "enforced");
  state.traffic.keys = keys(std::move(list));
  state.traffic.totals = {1900, 19, 7, 1919, 1900, 1000, 1910, 1919, 4'250'500, 3, 12};
  state.traffic.increases = {45, 15, 0, 60, 45, 30, 58, 60, 100'000, 0, 0};
  state.traffic.window_seconds = 30;
  state.traffic.calls_received = 7;
  add_pool(users, state);
  SeriesKey requests{
      Counted::endpoint_requests, Direction::outbound, users, "", "", "", "10.0.0.7:50051"};
  SeriesKey failures = requests, connections = requests;
  failures.counted = Counted::endpoint_failures;
  connections.counted = Counted::endpoint_connections;
  state.endpoint_requests.keys = keys({requests, failures, connections});
  state.endpoint_requests.totals = {1919, 19, 4};
  state.endpoints = {
      {users, "", Direction::outbound, "10.0.0.7:50051", EndpointState::ready, 2},
      {users, "", Direction::outbound, "10.0.0.8:50051", EndpointState::ejected, 0},
  };
  add_balance(users, state);
  state.inbound_connections = 3;
  state.connection_spread = ConnectionSpread{3, 30, 2, 60, 45};
  state.declared = std::make_shared<const DeclaredMethods>(
      DeclaredMethods{{{"user.v1.UserService", "Forget"}, {"user.v1.UserService", "Ping"}}, 0, 0});
  state.certificates = {certificates()};
  state.stale_connections = {{Direction::outbound, users, "", "spiffe://a", 2, 1}};
  state.rotation_failures = {{"default", "key_rotation_failed", 1, true}};
  state.control_plane = control_plane();
  return state;
}

TargetState refusing() {
  TargetState state;
  state.target.pod = "legacy";
  state.target.admin = Address{"127.0.0.1", 15000, ""};
  state.target.admin_within_cgroup = true;
  state.last_attempt = at(1'760'000'000'250);
  state.failure = Failure{Reason::connect, "/server_info: connection refused"};
  state.last_failure = state.failure;
  state.last_failure_at = state.last_attempt;
  state.failures[static_cast<std::size_t>(Reason::connect)] = 12;
  state.scrape_seconds = 0.0005;
  state.poll_interval = std::chrono::seconds(15);
  return state;
}

TlsEndpointState gateway() {
  TlsEndpointState state;
  state.whose.mesh = "istio";
  state.whose.ns = "shop";
  state.name = "gateway";
  state.address = {"10.0.0.9", 8443, ""};
  state.up = true;
  state.last_attempt = at(1'760'000'000'125);
  state.handshake_seconds = 0.0125;
  state.handshake.version = "TLSv1.3";
  state.handshake.cipher = "TLS_AES_256_GCM_SHA384";
  state.handshake.alpn = "h2";
  state.handshake.trust =
      TrustVerdict{"mesh", false, "unknown_issuer", "issuer of CN=a is not known"};
  CertificatePlace place = *certificates();
  place.source = CertificateSource::handshake;
  place.location = "gateway";
  place.known.pop_back();
  place.left_out = 0;
  state.certificates = std::make_shared<const CertificatePlace>(std::move(place));
  return state;
}

TlsEndpointState inbound() {
  TlsEndpointState state = gateway();
  state.whose = client().target;
  state.name = inbound_port;
  state.address = {"10.0.0.8", 50051, ""};
  state.handshake.trust.reset();
  CertificatePlace place = *state.certificates;
  place.location = inbound_port;
  KnownCertificate& leaf = place.known.at(0);
  leaf.in_use = leaf.draining.at(0);
  leaf.draining.clear();
  leaf.rotations = 0;
  leaf.last_rotation = leaf.in_use.not_before;
  state.certificates = std::make_shared<const CertificatePlace>(std::move(place));
  return state;
}

std::vector<TrustBundleState> bundles() {
  TrustBundleState mesh;
  mesh.name = "mesh";
  mesh.file = "/etc/roots.pem";
  mesh.spiffe_trust_domain = "cluster.local";
  mesh.read = at(1'759'999'000'750);
  mesh.certificates = std::make_shared<const std::vector<Certificate>>(1);
  TrustBundleState old;
  old.name = "old";
  old.file = "/etc/old.pem";
  old.spiffe_trust_domain = "old.test";
  old.error = "no such file";
  return {mesh, old};
}

GrpcHealthState health() {
  GrpcHealthState state;
  state.whose.mesh = "";
  state.whose.ns = "shop";
  state.whose.workload = "users";
  state.name = "users";
  state.service = "user.v1.UserService";
  state.server.address = {"users", 50051, ""};
  state.look = {HealthStatus::not_serving, "", std::chrono::microseconds(1500)};
  state.at = state.since = state.down_since = at(1'760'000'000'000);
  state.probes = 40;
  state.failures = 3;
  return state;
}

Snapshot two_sidecars() {
  Snapshot snapshot = snapshot_of({client(), refusing()});
  snapshot.tls_endpoints = {std::make_shared<const TlsEndpointState>(gateway()),
                            std::make_shared<const TlsEndpointState>(inbound())};
  snapshot.grpc_health = {std::make_shared<const GrpcHealthState>(health())};
  snapshot.trust_bundles = bundles();
  WatchedFile secret;
  secret.path = "/etc/tls/tls.crt";
  secret.error = "permission denied";
  snapshot.files = std::make_shared<const WatchedFiles>(
      WatchedFiles{1, 0, 1, {}, {std::make_shared<const WatchedFile>(secret)}});
  WorkloadBalance shop;
  shop.mesh = "envoy";
  shop.ns = "shop";
  shop.workload = "users";
  shop.balance.imbalance_ratio = 1.25;
  shop.balance.verdict = BalanceVerdict::balanced;
  snapshot.workload_balances = {shop};
  snapshot.folded = {{"mesh_grpc_requests_total", 3}};
  DiscoveryOutcome found;
  found.sources = {{"file", 2, {"/etc/targets/a.json:1:2: not read"}, at(1'759'999'990'000)}};
  found.not_watched = {{"", "shop", "batch-0", "batch", "no sidecar"}};
  found.pods.add("10.0.0.7", {"shop", "users-0"});
  found.pods_found = {{"istio", "shop", "users", MeshState::meshed},
                      {"istio", "shop", "users", MeshState::meshed},
                      {"istio", "shop", "users", MeshState::injection_pending},
                      {"", "shop", "batch", MeshState::unmeshed}};
  found.notes = {{target_id(snapshot.targets[0]->target),
                  {"certificates: its admin port listens on loopback only", "admin-port: \"0\""}}};
  snapshot.discovery = std::make_shared<const DiscoveryOutcome>(std::move(found));
  return snapshot;
}

SelfNumbers self() {
  return {at(1'760'000'002'000),
          {1.25, 1'759'999'000.5, 13'000'704, 120'000'512, UINT64_MAX, 21, 1024}};
}

PageOptions options() {
  PageOptions options;
  options.build = {"0.1.0", "0123abc", "g++ 12.2.0", "release", "linux/amd64"};
  options.started = at(1'759'999'000'500);
  options.config = {{}, at(1'759'999'000'750)};
  return options;
}

std::string render(const Snapshot& snapshot, Format format) {
  const SelfNumbers numbers = self();
  const PageOptions literal = options();
  return render_metrics_page({snapshot, numbers, literal}, format);
}

std::vector<std::string> samples(const std::string& page, const std::string& name) {
  std::vector<std::string> found;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + "{") || line.starts_with(name + " ")) found.push_back(line);
  }
  return found;
}

std::string read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string golden(const std::string& file_name, const std::string& now) {
  const char* regenerate = std::getenv("MESH_REGENERATE");
  if (regenerate && std::string(regenerate) == "1") {
    std::ofstream(file_name, std::ios::binary) << now;
  }
  return read_file(file_name);
}

}  // namespace mesh::sample
