// TLS probes: how the handshakes went.
#include <array>

#include "expose/families.h"

namespace mesh {
namespace {

// Calls visit(state, labels) for every endpoint that was asked.
template <class Visit>
void each_probe(const Page& page, Visit visit) {
  for (const auto& state : page.snapshot.tls_endpoints) {
    if (!state->last_attempt) continue;
    Labels labels(state->whose);
    labels.with("endpoint", state->name);
    visit(*state, std::move(labels));
  }
}

void success(const Page& page, FamilyBuilder& family) {
  each_probe(page, [&](const TlsEndpointState& state, Labels labels) {
    family.state(labels, state.up ? 1 : 0);
  });
}

void duration(const Page& page, FamilyBuilder& family) {
  each_probe(page, [&](const TlsEndpointState& state, Labels labels) {
    family.state(labels, state.handshake_seconds);
  });
}

void probe_info(const Page& page, FamilyBuilder& family) {
  each_probe(page, [&](const TlsEndpointState& state, Labels labels) {
    if (!state.up) return;
    const Handshake& shown = state.handshake;
    labels.with("version", shown.version).with("cipher", shown.cipher).with("alpn", shown.alpn);
    labels.with("state", shown.completed ? "completed" : "held_back");
    family.state(labels, 1);
  });
}

void verified(const Page& page, FamilyBuilder& family) {
  each_probe(page, [&](const TlsEndpointState& state, Labels labels) {
    if (!state.up || !state.handshake.trust) return;
    labels.with("bundle", state.handshake.trust->bundle)
        .with("reason", state.handshake.trust->reason);
    family.state(labels, state.handshake.trust->verified ? 1 : 0);
  });
}

constexpr std::array makers{
    FamilyMaker{"mesh_certificate_verified", verified},
    FamilyMaker{"mesh_tls_probe_success", success},
    FamilyMaker{"mesh_tls_probe_duration_seconds", duration},
    FamilyMaker{"mesh_tls_probe_info", probe_info},
};

}  // namespace

std::span<const FamilyMaker> tls_probe_families() { return makers; }

}  // namespace mesh
