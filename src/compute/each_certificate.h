// The walk over every place that holds certificates: targets, TLS endpoints, files and Secrets as
// far as they are shown. Written once, so that the metrics, the findings and the table never
// disagree about what there is.
#pragma once

#include <algorithm>
#include <string>

#include "compute/same_certificate.h"
#include "model/snapshot.h"

namespace mesh {

// Calls visit(whose, where, place) for each place of a target: its identity labels, and the name
// people know it by ("shop/users-0").
template <class Visit>
void each_place_of(const TargetState& state, Visit visit) {
  const std::string where = target_id(state.target);
  for (const auto& place : state.certificates) visit(state.target, where, *place);
}

// Likewise for what is nobody's sidecar: endpoints by their name, files by their path,
// Secrets by their namespace, which is a label, too, and name.
template <class Visit>
void each_place_elsewhere(const Snapshot& snapshot, Visit visit) {
  for (const auto& state : snapshot.tls_endpoints) {
    if (!state->certificates) continue;
    visit(state->whose, where_of(*state), *state->certificates);
  }
  Target nobody;
  nobody.mesh.clear();
  for (const auto& place : snapshot.shown_files->places) visit(nobody, place->location, *place);
  for (const auto& place : snapshot.shown_secrets->places) {
    nobody.ns = place->location.substr(0, place->location.find('/'));
    visit(nobody, place->location, *place);
  }
}

template <class Visit>
void each_place(const Snapshot& snapshot, Visit visit) {
  for (const auto& state : snapshot.targets) each_place_of(*state, visit);
  each_place_elsewhere(snapshot, visit);
}

// A visit of a place that calls visit(whose, where, place, known) for each certificate in use
// there.
template <class Visit>
auto known_of(Visit& visit) {
  return [&visit](const Target& whose, const std::string& where, const CertificatePlace& place) {
    for (const KnownCertificate& known : place.known) visit(whose, where, place, known);
  };
}

// Calls visit(whose, where, place, known) for each certificate in use.
template <class Visit>
void each_certificate(const Snapshot& snapshot, Visit visit) {
  each_place(snapshot, known_of(visit));
}

// Whether the proxy itself lists what the mesh's agent beside it reports.
inline bool is_listed_by_proxy(const TargetState& state, const KnownCertificate& reported) {
  const auto is_it = [&](const KnownCertificate& listed) {
    return listed.in_use.role == reported.in_use.role &&
           is_same_certificate(listed.in_use, reported.in_use);
  };
  return std::ranges::any_of(state.certificates, [&](const auto& place) {
    return place->source == CertificateSource::admin && std::ranges::any_of(place->known, is_it);
  });
}

// As each_certificate, but without the agent's word for what the proxy lists: two sources are two
// series, and to a person one certificate.
template <class Visit>
void each_certificate_once(const Snapshot& snapshot, Visit visit) {
  for (const auto& state : snapshot.targets) {
    each_place_of(
        *state, [&](const Target& whose, const std::string& where, const CertificatePlace& place) {
          for (const KnownCertificate& known : place.known) {
            const bool again =
                place.source == CertificateSource::proxy && is_listed_by_proxy(*state, known);
            if (!again) visit(whose, where, place, known);
          }
        });
  }
  each_place_elsewhere(snapshot, known_of(visit));
}

}  // namespace mesh
