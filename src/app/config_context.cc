// Gathered once from the lists of the rooms; see config_context.h.
#include "app/config_context.h"

#include <string_view>
#include <vector>

#include "compute/rotation_points.h"
#include "dialect/dialects.h"
#include "grpc/pem_files.h"
#include "wire/grpc_code.h"

namespace mesh {
namespace {

struct Names {
  Names() {
    for (const Dialect& dialect : dialects()) {
      meshes.push_back(dialect.name);
      if (!dialect.sole_door.empty()) sole_doors.push_back({dialect.name, dialect.sole_door});
    }
    for (const KnownIssuer& issuer : known_issuers()) {
      if (!issuer.name.empty()) issuers.push_back(issuer.name);
    }
  }

  std::vector<std::string_view> meshes, issuers;
  std::vector<SoleDoor> sole_doors;
};

}  // namespace

const ConfigContext& config_context() {
  static const Names names;
  static const ConfigContext context{process_environment(), names.meshes,  grpc_code_names,
                                     names.sole_doors,      names.issuers, fault_in_files};
  return context;
}

}  // namespace mesh
