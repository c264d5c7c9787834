// One pass over the sources; see merge.h.
#include "discover/merge.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/limits.h"

namespace mesh {
namespace {

using Owners = std::map<std::string, const Discovered*>;  // who, or where → of which source

// Where a target is asked first; "" if nowhere. A proxy's page may have the application's on it,
// too.
std::string door_of(const Target& target) {
  const std::string door = first_door(target);
  if (door.empty()) return "";
  return door + (is_application(target.mesh) ? " (app)" : "");
}

// Of a pod in which nothing was found: whether anything in it is. Else whether the very one is.
bool is_watched(const NotWatched& one, const Owners& ids) {
  if (ids.contains(target_id(one.mesh, one.ns, one.pod))) return true;
  return one.mesh.empty() && ids.contains(target_id("app", one.ns, one.pod));
}

NotWatched too_many(const Target& target) {
  std::string why = "more than ";
  why += std::to_string(limits::targets) + " targets are not watched by one agent";
  return {target.mesh, target.ns, target.pod, target.workload, std::move(why)};
}

// Those that have no name or address of a source before theirs.
void add_probes(const std::vector<GrpcProbe>& probes, std::set<std::string>& taken,
                std::vector<GrpcProbe>& all) {
  std::set<std::string> ours;
  for (const GrpcProbe& one : probes) {
    std::string name = "name " + qualified(one.whose.ns, one.name);
    std::string address = "at " + to_string(one.server.address);
    if (taken.contains(name) || taken.contains(address)) continue;
    ours.insert(std::move(name));
    ours.insert(std::move(address));
    all.push_back(one);
  }
  taken.merge(ours);
}

}  // namespace

Discovered merge(std::span<const Discovered> sources) {
  Discovered all;
  Owners ids, doors;
  std::set<std::string> asked;
  for (const Discovered& source : sources) {
    for (const Target& target : source.targets) {
      const std::string door = door_of(target);
      // Within one source that is what was asked for, and warned of.
      const auto other = doors.find(door);
      if (other != doors.end() && other->second != &source) continue;
      std::string id = target_id(target);
      if (ids.contains(id)) continue;
      if (all.targets.size() == limits::targets) {
        ++all.too_many;
        all.not_watched.push_back(too_many(target));
        continue;
      }
      ids.emplace(std::move(id), &source);
      if (!door.empty()) doors.emplace(door, &source);
      all.targets.push_back(target);
    }
  }
  for (const Discovered& source : sources) add_probes(source.probes, asked, all.probes);
  for (const Discovered& source : sources) {
    all.addresses.insert(all.addresses.end(), source.addresses.begin(), source.addresses.end());
    if (source.elsewhere) all.elsewhere = source.elsewhere;
    all.pods.insert(all.pods.end(), source.pods.begin(), source.pods.end());
    for (const auto& [id, note] : source.notes) {
      const auto owner = ids.find(id);
      if (owner != ids.end() && owner->second == &source) all.notes.emplace(id, note);
    }
  }
  // Who is watched because another source named it is no longer one that is not.
  for (const Discovered& source : sources) {
    for (const NotWatched& one : source.not_watched) {
      if (!is_watched(one, ids)) all.not_watched.push_back(one);
    }
  }
  return all;
}

}  // namespace mesh
