// When the meshes renew their certificates: the one table.
//
// Expiry alone says nothing about whether rotation works. Every issuer's client renews at a known
// share of a certificate's life; one that is well past that share and still in use is the first
// sign of a broken rotation, half a life before anything stops.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

#include "model/certificate.h"

namespace mesh {

struct KnownIssuer {
  std::string_view name;               // as the configuration spells it; "": nobody known
  double point;                        // renewed at this share of its life at the latest
  bool (*issued)(const Certificate&);  // null: never told by the certificate
};

// The table. Who is recognised first is taken; the last entry is for certificates of nobody known.
std::span<const KnownIssuer> known_issuers();

// Who renews, as far as it can be told.
struct RotationRule {
  std::string_view issued_by;        // a name in the table: as configured, else the mesh
  std::optional<double> configured;  // a share of the lifetime; goes before everything else
};

// The share of its life at which this leaf is renewed at the latest. By `configured`, else by
// issued_by, else by what the names in the certificate give away, else 0.9.
double rotation_point(const RotationRule& rule, const Certificate& leaf);

// From when on a renewal is overdue: the rotation point and a fifth of the life that is left
// there. `began` is when the life of the certificate began for its owner. Nothing without a life.
std::optional<std::chrono::sys_seconds> renewal_due(double point, std::chrono::sys_seconds began,
                                                    std::chrono::sys_seconds not_after);

}  // namespace mesh
