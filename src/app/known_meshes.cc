// Two passes: whose names are taken, then who is known; see known_meshes.h.
#include "app/known_meshes.h"

#include <set>
#include <utility>

#include "app/keep_known.h"
#include "base/log.h"

namespace mesh {

void KnownMeshes::learn(const Target& target, std::string_view dialect) {
  known_.insert_or_assign(target_id(target), Known{target, std::string(dialect)});
}

void KnownMeshes::apply(Discovered& found) {
  std::set<std::string> taken;
  for (const Target& target : found.targets) taken.insert(target_id(target));
  std::map<std::string, Known> before = std::exchange(known_, {});
  for (Target& target : found.targets) {
    if (target.mesh != unknown_mesh) continue;
    const std::string id = target_id(target);
    const auto one = before.find(id);
    if (one == before.end() || !is_who(one->second.target, target)) continue;
    Known& known = known_.emplace(id, std::move(one->second)).first->second;
    Target recognised = target;
    recognised.mesh = known.dialect;
    const std::string as = target_id(recognised);
    if (as != id && !taken.insert(as).second) {
      if (!std::exchange(known.told, true)) {
        log(LogLevel::warn, "target is not watched as what it is: another one has its name",
            {{"target", id}, {"mesh", known.dialect}});
      }
      continue;
    }
    target = std::move(recognised);
    if (auto note = found.notes.extract(id)) {
      note.key() = as;
      found.notes.insert(std::move(note));
    }
  }
}

}  // namespace mesh
