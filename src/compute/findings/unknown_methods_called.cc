// Callers call methods that the server does not have: they were built from another description of
// it, or mean another server.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "compute/findings/about_pools.h"
#include "compute/findings/all.h"
#include "compute/unknown_methods.h"

namespace mesh {
namespace {

constexpr std::size_t most_named = 3, longest_name = 120;

std::string named(const UnknownMethod& method) {
  if (method.folded) return "methods beyond limits.methods_per_upstream (names not kept)";
  std::string name = method.name.first + "/";
  name += method.name.second.str();
  return shown_on_one_line(name, longest_name) +
         (method.service_is_declared ? "" : " (no such service)");
}

std::string callers_of(const std::vector<UnknownMethod>& methods) {
  std::set<std::string> callers;
  for (const UnknownMethod& one : methods) callers.insert(one.callers.begin(), one.callers.end());
  std::string words;
  std::size_t named = 0;
  for (const std::string& caller : callers) {
    if (++named > most_named) break;
    words += words.empty() ? "; seen at " : ", ";
    words += caller;
  }
  return callers.size() > most_named ? words + " and others" : words;
}

void judge(const JudgedCalls& judged, std::vector<Finding>& found) {
  const std::vector<UnknownMethod>& methods = judged.unknown;
  std::uint64_t calls = 0, unimplemented = 0, without_service = 0;
  for (const UnknownMethod& one : methods) {
    calls += one.calls;
    unimplemented += one.unimplemented;
    without_service += one.service_is_declared || one.folded ? 0 : 1;
  }
  if (unimplemented < fewest_to_tell) return;
  Finding finding;
  finding.name = "unknown_methods_called";
  finding.whose = judged.whose;
  finding.where = finding.whose.workload.empty()
                      ? target_id(finding.whose)
                      : qualified(finding.whose.ns, finding.whose.workload);
  finding.cause = counted(unimplemented, "call") + " answered UNIMPLEMENTED: ";
  finding.cause += "the server does not have ";
  if (!methods[0].folded) finding.cause += methods.size() == 1 ? "the method " : "the methods ";
  for (std::size_t i = 0; i < methods.size() && i < most_named; ++i) {
    if (i > 0) finding.cause += ", ";
    finding.cause += named(methods[i]);
  }
  if (methods.size() > most_named) finding.cause += " and others";
  finding.cause += callers_of(methods);
  finding.evidence = {number("unimplemented", unimplemented), number("calls", calls),
                      number("unknown_methods", methods.size()),
                      number("of_unknown_services", without_service)};
  finding.remedy =
      "the callers were built from another version of the service's .proto files, or call the "
      "wrong server: deploy the server that has the methods before its callers, or rebuild the "
      "callers; mesh_exporter probe HOST:PORT lists what the server has";
  found.push_back(std::move(finding));
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  for (const JudgedCalls& one : judged_calls(snapshot)) judge(one, found);
}

}  // namespace

const FindingMaker unknown_methods_called{
    "unknown_methods_called",
    "A gRPC server is called for methods that it does not have, and answers UNIMPLEMENTED.",
    Stated::after_a_window, find, Among::declarations};

}  // namespace mesh
