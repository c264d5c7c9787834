// The walk over every place that holds certificates: targets, TLS endpoints, files as far as they
// are shown. Written once,
// so that the metrics, the findings and the table never disagree about what there is.
#pragma once

#include <string>

#include "model/snapshot.h"

namespace mesh {

// Calls visit(whose, where, place) for each place: the identity labels, and the name people know it
// by ("shop/users-0", an endpoint's name, a path).
template <class Visit>
void each_place(const Snapshot& snapshot, Visit visit) {
  for (const auto& state : snapshot.targets) {
    const std::string where = target_id(state->target);
    for (const auto& place : state->certificates) visit(state->target, where, *place);
  }
  for (const auto& state : snapshot.tls_endpoints) {
    if (!state->certificates) continue;
    visit(state->whose, where_of(*state), *state->certificates);
  }
  Target nobody;
  nobody.mesh.clear();
  for (const auto& place : snapshot.shown_files->places) visit(nobody, place->location, *place);
}

// Calls visit(whose, where, place, known) for each certificate in use.
template <class Visit>
void each_certificate(const Snapshot& snapshot, Visit visit) {
  each_place(snapshot,
             [&](const Target& whose, const std::string& where, const CertificatePlace& place) {
               for (const KnownCertificate& known : place.known) visit(whose, where, place, known);
             });
}

}  // namespace mesh
