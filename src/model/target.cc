// How targets and addresses are spelled for people.
#include "model/target.h"

#include <algorithm>
#include <cstddef>

namespace mesh {
namespace {

bool goes_on(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

std::string without_query(const std::string& path) { return path.substr(0, path.find('?')); }

// Where a word of `text` ends with `what`: "/s" is not in "/stats".
void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at)) {
    const std::size_t end = at + what.size();
    if (end < text.size() && goes_on(text[end])) {
      at = end;
      continue;
    }
    text.replace(at, what.size(), by);
    at += by.size();
  }
}

}  // namespace

std::string shown_path(const HttpEndpoint& page) {
  return without_query(page.shown.empty() ? page.path : page.shown);
}

std::string masked(std::string text, const HttpEndpoint& page) {
  const std::string path = without_query(page.path);
  const std::string query = page.path.substr(path.size());
  if (query.size() > 1) replace_all(text, query, "?…");
  if (!page.shown.empty()) replace_all(text, path, shown_path(page));
  return text;
}

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
