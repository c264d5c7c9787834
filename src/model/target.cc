// How targets and addresses are spelled for people.
#include "model/target.h"

#include <algorithm>
#include <cstddef>

namespace mesh {

Target workload_target(std::string_view mesh, std::string_view owner) {
  const std::size_t slash = std::min(owner.find('/'), owner.size());
  Target target;
  target.mesh = mesh;
  target.ns = owner.substr(0, slash);
  target.workload = owner.substr(std::min(slash + 1, owner.size()));
  return target;
}

std::string qualified(const std::string& ns, const std::string& name) {
  return ns.empty() ? name : ns + "/" + name;
}

std::string target_id(std::string_view mesh, const std::string& ns, const std::string& pod) {
  return qualified(ns, pod) + (is_application(mesh) ? " (app)" : "");
}

std::string target_id(const Target& target) {
  return target_id(target.mesh, target.ns, target.pod);
}

std::string first_door(const Target& target) {
  if (target.admin) return to_string(*target.admin) + where_else(target);
  if (target.metrics) return to_string(target.metrics->address) + where_else(target);
  return target.grpc ? to_string(target.grpc->address) : "";
}

std::string where_else(const Target& target) {
  if (!target.network_namespace.empty()) return " in " + target.network_namespace;
  return target.admin && target.admin_within_cgroup ? " in the pod" : "";
}

}  // namespace mesh
