// Files that list targets, in the form of Prometheus' file_sd: a list of groups in YAML or JSON,
// each with addresses and the labels that are common to them.
//
//   - targets: ["10.1.2.3:15000"]
//     labels: {mesh: istio, namespace: shop, pod: users-0, workload: users}
//
// An address is that of the admin port, or, where the label __metrics_path__ stands beside it, of
// the page of metrics with that path. The labels mesh, namespace, pod, workload and issuer are
// those of a target in the configuration; others say nothing to us, for such a file may be
// Prometheus' own. Without `pod` the address is the name.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/load.h"
#include "model/target.h"

namespace mesh {

struct TargetFile {
  std::vector<Target> targets;  // of all that can be read
  ConfigErrors problems;        // "FILE:LINE:COLUMN: …" for the rest
  bool whole = false;           // whether it is a list at all: else nothing is known of its targets
};

// Never throws, whatever the bytes.
TargetFile read_target_file(std::string_view text, std::string_view file_name,
                            const ConfigContext& context);

}  // namespace mesh
