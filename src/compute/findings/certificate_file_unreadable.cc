// A file whose certificates were read once cannot be read any longer: what is shown of it may be
// renewed long ago, or gone. A file that never could be read is no certificate file to anybody; the
// log and mesh_exporter_certificate_files tell of it.
#include <utility>

#include "compute/findings/all.h"
#include "compute/findings/by_status.h"

namespace mesh {
namespace {

void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  for (const auto& file : snapshot.files->remarkable) {
    if (file->error.empty() || !file->certificates) continue;
    Target nobody;
    nobody.mesh.clear();
    Finding finding{"certificate_file_unreadable",
                    Severity::warning,
                    nobody,
                    file->path,
                    "",
                    "",
                    "",
                    "",
                    {},
                    "",
                    {}};
    const auto age =
        std::chrono::floor<std::chrono::seconds>(now - file->certificates->seen).count();
    finding.cause = file->error + "; what was read " + span_of(age) + " ago is shown";
    finding.evidence.push_back({"age", static_cast<double>(age), Unit::seconds});
    finding.remedy =
        "mesh_exporter certificates --file FILE says why; whoever writes it should replace it by "
        "rename, readable for the agent";
    found.push_back(std::move(finding));
  }
}

}  // namespace

const FindingMaker certificate_file_unreadable{
    "certificate_file_unreadable",
    "A file with certificates cannot be read any longer; its last content is shown.",
    Stated::at_once, find, Among::files};

}  // namespace mesh
