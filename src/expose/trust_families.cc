// Trust: whether what is served is what is reported, whether the roots in use are those that were
// agreed, and what cannot be read or is not shown.
#include <algorithm>
#include <array>
#include <cstddef>

#include "compute/left_out.h"
#include "compute/roots_in_use.h"
#include "compute/served_and_reported.h"
#include "expose/families.h"

namespace mesh {
namespace {

void served_differs(const Page& page, FamilyBuilder& family) {
  for (const ServedAndReported& both : served_and_reported(page.snapshot)) {
    Labels labels(both.port->whose);
    labels.with("source", to_string(both.reported_by)).with("role", to_string(both.served.role));
    labels.with("certificate", identity_of(both.served));
    family.state(labels, both.differs ? 1 : 0);
  }
}

void root_in_bundle(const Page& page, FamilyBuilder& family) {
  for (const RootInUse& one : roots_in_use(page.snapshot)) {
    Labels labels(*one.whose);
    labels.with("source", to_string(one.place->source)).with("location", one.place->location);
    labels.with("role", to_string(one.root->role)).with("certificate", identity_of(*one.root));
    labels.with("key_algorithm", to_string(one.root->key_algorithm));
    labels.with("bundle", one.bundle->name);
    family.state(labels, one.in_bundle ? 1 : 0);
  }
}

// Without any pattern there is nothing to say.
void files(const Page& page, FamilyBuilder& family) {
  const WatchedFiles& all = *page.snapshot.files;
  if (all.files == 0) return;
  const auto state = [&](std::string_view name, std::uint64_t count) {
    family.state(Labels().with("state", name), static_cast<double>(count));
  };
  state("readable", all.files - all.kept - all.unreadable);
  state("kept", all.kept);
  state("unreadable", all.unreadable);
}

void certificates_left_out(const Page& page, FamilyBuilder& family) {
  const LeftOut counts = left_out(page.snapshot);
  for (const CertificateSource source : all_sources) {
    family.add(Labels().with("source", to_string(source)),
               counts[static_cast<std::size_t>(source)]);
  }
}

void bundle_readable(const Page& page, FamilyBuilder& family) {
  for (const TrustBundleState& bundle : page.snapshot.trust_bundles) {
    family.state(Labels().with("bundle", bundle.name), bundle.error.empty() ? 1 : 0);
  }
}

constexpr std::array makers{
    FamilyMaker{"mesh_certificate_served_differs", served_differs},
    FamilyMaker{"mesh_certificate_root_in_bundle", root_in_bundle},
    FamilyMaker{"mesh_exporter_certificate_files", files},
    FamilyMaker{"mesh_exporter_certificates_left_out", certificates_left_out},
    FamilyMaker{"mesh_exporter_trust_bundle_readable", bundle_readable},
};

}  // namespace

std::span<const FamilyMaker> trust_families() { return makers; }

}  // namespace mesh
