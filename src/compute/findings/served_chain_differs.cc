// A target shows another certificate to its callers than its proxy says that it uses: whoever looks
// at what is reported sees a renewed one, and callers see the one before.
#include <chrono>
#include <cstdint>
#include <string>

#include "base/duration.h"
#include "compute/findings/all.h"
#include "compute/findings/by_status.h"
#include "compute/served_and_reported.h"

namespace mesh {
namespace {

std::string described(const Certificate& one, std::chrono::sys_seconds now) {
  const std::int64_t left = (one.not_after - now).count();
  const std::string which = one.serial.empty() ? "the one" : "serial " + one.serial;
  return which + (left < 0 ? ", expired " + span_of(left) + " ago" : ", ends in " + span_of(left));
}

void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  for (const ServedAndReported& both : served_and_reported(snapshot)) {
    if (!both.differs) continue;
    Finding finding{"served_chain_differs",
                    Severity::warning,
                    both.port->whose,
                    where_of(*both.port),
                    "",
                    "",
                    name_of(both.served),
                    "",
                    {},
                    "",
                    {}};
    finding.cause = finding.subject + " is served with " + described(both.served, second) +
                    (both.replaced ? " (listed as replaced)" : "") + ", but " +
                    std::string(to_string(both.reported_by)) + " reports " +
                    described(both.reported, second);
    const auto unix_time = [](std::chrono::sys_seconds t) {
      return static_cast<double>(t.time_since_epoch().count());
    };
    finding.evidence.push_back(
        {"served_not_after", unix_time(both.served.not_after), Unit::unix_seconds});
    finding.evidence.push_back(
        {"reported_not_after", unix_time(both.reported.not_after), Unit::unix_seconds});
    finding.remedy =
        "a listener still serves what was replaced: restart the pod, and look in the proxy's log "
        "for why it was not taken over (mesh_exporter certificates --connect HOST:PORT shows it)";
    found.push_back(std::move(finding));
  }
}

}  // namespace

const FindingMaker served_chain_differs{
    "served_chain_differs",
    "A target shows another certificate to its callers than its proxy reports.", Stated::at_once,
    find, Among::inbound};

}  // namespace mesh
