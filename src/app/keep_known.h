// A list of what is watched, made to follow a list of targets that has changed: who is as before
// stays the same object, with its history and its connection.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/target.h"

namespace mesh {

template <class Watched>
struct Kept {
  std::vector<std::shared_ptr<Watched>> all;    // in the order of the targets
  std::vector<std::shared_ptr<Watched>> fresh;  // of them those that were not there
  std::vector<std::shared_ptr<Watched>> gone;   // marked as such
};

// A restarted container has another control group, and is who it was.
inline bool is_who(const Target& before, Target now) {
  now.cgroup = before.cgroup;
  return now == before;
}

// `Watched` has the target as it was found, `target`, and a flag `gone`. `make(target)` makes one.
// The targets' ids differ.
template <class Watched, class Make>
Kept<Watched> keep_known(std::vector<std::shared_ptr<Watched>> watched,
                         const std::vector<Target>& targets, Make make) {
  std::map<std::string, std::shared_ptr<Watched>> before;
  for (auto& one : watched) {
    std::string id = target_id(one->target);
    before.emplace(std::move(id), std::move(one));
  }
  Kept<Watched> kept;
  for (const Target& target : targets) {
    const auto known = before.find(target_id(target));
    if (known != before.end() && is_who(known->second->target, target)) {
      known->second->target.cgroup = target.cgroup;
      kept.all.push_back(std::move(known->second));
      before.erase(known);
      continue;
    }
    kept.fresh.push_back(make(target));
    kept.all.push_back(kept.fresh.back());
  }
  for (auto& [id, one] : before) {
    one->gone = true;
    kept.gone.push_back(std::move(one));
  }
  return kept;
}

}  // namespace mesh
