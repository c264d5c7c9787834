// From pods to what is found; see kubernetes_targets.h.
#include "discover/kubernetes_targets.h"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <iterator>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "base/rethrow.h"
#include "discover/kube_follower.h"
#include "discover/pod_probes.h"
#include "discover/recognise.h"
#include "discover/recognition/all.h"
#include "discover/server_access.h"
#include "discover/workload.h"
#include "net/network_namespace.h"
#include "scrape/cgroup_look.h"

namespace mesh {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& one : words) all.append(all.empty() ? "" : "; ").append(one);
  return all;
}

// Of a static pod the groups are named by its manifest, and the API server has made up a uid.
std::string_view uid_of(const Pod& pod) {
  const std::string_view hash = text_of(pod.annotations, "kubernetes.io/config.hash");
  return hash.empty() ? std::string_view(pod.uid) : hash;
}

TargetNote note_of(const Recognised& one, const PodContainer* container, std::string wrong) {
  TargetNote note{one.hidden, std::move(wrong)};
  if (container && container->last_end == "OOMKilled") note.oom_killed = container->last_end_at;
  return note;
}

// What is found, and for each target its container as control groups and as the kubelet name it.
struct Gathered {
  Discovered& found;
  std::vector<ContainerName>& containers;
  std::vector<KubeletContainer>& asked_for;
};

// What an application or a control plane uses is no sidecar's.
void add_container(const Pod& pod, const Recognised& one, const PodContainer* container,
                   Gathered& out) {
  const bool has_group = container && !is_application(one.target.mesh) && !one.control_plane;
  out.containers.push_back({std::string(uid_of(pod)), has_group ? container->id : ""});
  KubeletContainer asked;
  if (has_group) {
    asked = {
        target_id(one.target), {pod.ns, pod.name, container->name}, container->memory_limit_bytes};
  }
  out.asked_for.push_back(std::move(asked));
}

// What else is to be said of a pod in which nothing is watched.
std::string health_remark(const PodProbes& probes) {
  if (!probes.why_none.empty()) return "; not asked for its gRPC health: " + probes.why_none;
  std::string at;
  for (const GrpcProbe& one : probes.probes) {
    at.append(at.empty() ? "; asked for its gRPC health at " : ", ");
    at.append(to_string(one.server.address));
  }
  return at;
}

// Each proxy of a pod is watched, or not for a reason. What was passed over is about the first.
void add(const Pod& pod, const PodRecognition& seen, const PodProbes& probes,
         const ConfigContext& context, bool enters, Gathered out) {
  Discovered& found = out.found;
  std::string wrong = joined(seen.wrong);
  const auto leave_out = [&](const std::string& mesh, const std::string& name, std::string why) {
    if (!wrong.empty()) why += "; " + std::exchange(wrong, {});
    found.not_watched.push_back({mesh, pod.ns, name, workload_of(pod), std::move(why)});
  };
  for (const Recognised& recognised : seen.found) {
    const Recognised one = reached(recognised, enters);
    const Target& who = one.target;
    const bool spoken = std::ranges::find(context.meshes, who.mesh) != context.meshes.end();
    if (!one.watched()) {
      leave_out(who.mesh, who.pod, one.not_watched);
    } else if (!spoken) {
      leave_out(who.mesh, who.pod, "pages of " + who.mesh + " are not read yet");
    } else {
      const PodContainer* container = container_named(pod, one.container);
      found.targets.push_back(who);
      add_container(pod, one, container, out);
      const TargetNote note = note_of(one, container, std::exchange(wrong, {}));
      if (note != TargetNote{}) found.notes.emplace(target_id(who), note);
    }
  }
  if (!seen.found.empty()) return;
  leave_out(seen.mesh, pod.name, seen.remark + health_remark(probes));
  found.not_watched.back().is_probed = !probes.probes.empty();
}

// Told once: the agent works without, and each target says what it hides.
bool may_enter(const std::string& cgroup_root) {
  const std::string lacks = lacks_for_entering(process_list(cgroup_root, "/"));
  if (lacks.empty()) return true;
  log(LogLevel::warn, "ports on the loopback of pods are not asked", {{"because", lacks}});
  return false;
}

}  // namespace

KubernetesTargets::KubernetesTargets(boost::asio::any_io_executor executor, const Config& config,
                                     const ConfigContext& context, std::function<void()> on_change,
                                     std::function<void(const TargetLooks&)> on_looks)
    : executor_(std::move(executor)),
      config_(config.discovery.kubernetes),
      context_(context),
      on_change_(std::move(on_change)),
      groups_(executor_, config.cgroup_root,
              [this] {
                find_groups();
                tell();
              }),
      names_(executor_,
             [this] {
               found_.elsewhere = names_.addresses();
               tell();
             }),
      kubelet_(executor_, config_.kubelet, std::max<Duration>(config.poll.interval, kubelet_pace),
               {std::move(on_looks), on_change_}),
      cgroup_root_(config.cgroup_root),
      try_again_(executor_),
      answered_(config_.node_name.empty()) {}

KubernetesTargets::~KubernetesTargets() = default;

void KubernetesTargets::start() {
  if (config_.node_name.empty()) return;
  Result<ServerAccess> access = server_access(config_.kubeconfig, context_.environment);
  if (!access) {
    problems({access.error().message});
    try_again_.expires_after(access_again_after);
    try_again_.async_wait([this](const boost::system::error_code& cancelled) {
      if (!cancelled) start();
    });
    return;
  }
  problems_.clear();
  enters_ = config_.network_namespaces && may_enter(cgroup_root_);
  if (config_.endpoint_slices) names_.start(*access, config_);
  kubelet_.start(*access);
  KubeSource<Pod>::Listener listener;
  listener.objects = [this](const Pods& pods) { take(pods); };
  listener.problems = [this](const std::vector<std::string>& all) { problems(all); };
  const KubeScope scope{pods_kind, "spec.nodeName=" + config_.node_name, config_.namespaces,
                        config_.selector};
  pods_ =
      std::make_unique<KubeSource<Pod>>(executor_, std::move(*access), scope, std::move(listener));
  boost::asio::co_spawn(executor_, pods_->follower().run(), rethrow);
}

void KubernetesTargets::stop() {
  try_again_.cancel();
  groups_.stop();
  names_.stop();
  kubelet_.stop();
  if (pods_) pods_->follower().stop();
}

void KubernetesTargets::take(const Pods& pods) {
  // Of a namespace that is not known yet nobody is missing.
  if (!pods_->follower().complete()) return;
  found_ = {};
  services_ = too_many_services_ = 0;
  found_.elsewhere = names_.addresses();
  containers_.clear();
  asked_for_.clear();
  passed_over_.clear();
  for (const auto& pod : pods) {
    PodRecognition seen = recognise(*pod, context_.meshes);
    PodProbes probes = probes_of(*pod, seen);
    std::ranges::move(probes.wrong, std::back_inserter(seen.wrong));
    add(*pod, seen, probes, context_, enters_, {found_, containers_, asked_for_});
    add_probes(std::move(probes.probes));
    if (!pod->node_ip.empty()) node_ip_ = pod->node_ip;
    const bool ended = pod->phase == "Succeeded" || pod->phase == "Failed";
    if (!ended) found_.pods.push_back({seen.mesh, pod->ns, workload_of(*pod), seen.state});
    const std::string who = qualified(pod->ns, pod->name);
    for (const std::string& wrong : seen.wrong) {
      const auto end = wrong.find(": ");  // of the annotation's name
      passed_over_.push_back({who, wrong.substr(0, end), wrong.substr(end + 2)});
    }
    if (pod->host_network) continue;
    for (const std::string& ip : pod->ips) found_.addresses.push_back({ip, {pod->ns, pod->name}});
  }
  inside_.clear();
  for (const Target& one : found_.targets) {
    auto& inside = inside_.emplace_back();
    const auto note = found_.notes.find(target_id(one));
    const bool hides = note != found_.notes.end();
    if (one.admin_within_cgroup) inside = Inside{*one.admin, hides ? note->second.hidden : ""};
  }
  groups_.look_for(containers_);
  find_groups();
  state_.targets = found_.targets.size();
  answered_ = listed_ = true;
  tell();
}

void KubernetesTargets::add_probes(std::vector<GrpcProbe> probes) {
  for (GrpcProbe& one : probes) {
    const std::size_t more = one.services.size();
    if (services_ + more > limits::grpc_services_found) {
      too_many_services_ += more;
      continue;
    }
    services_ += more;
    found_.probes.push_back(std::move(one));
  }
}

// As far as they are known by now. One whose container was made anew has its group of before until
// the other is found: it is not there any more, and the next look says so. A pod whose group is not
// to be found cannot be entered, and is read by its page, if it has one.
void KubernetesTargets::find_groups() {
  std::map<std::string, std::string> groups;
  for (std::size_t i = 0; i < containers_.size(); ++i) {
    const std::string id = target_id(found_.targets[i]);
    std::string group = groups_.of(containers_[i].id);
    if (const auto last = last_groups_.find(id); group.empty() && last != last_groups_.end()) {
      group = last->second;
    }
    if (!group.empty()) groups.emplace(id, group);
    Target& target = found_.targets[i];
    if (inside_[i] && target.metrics) {
      const bool shut = group.empty() && groups_.in_vain(containers_[i].id);
      target.admin.reset();
      if (!shut) target.admin = inside_[i]->admin;
      target.admin_within_cgroup = !shut;
      TargetNote& note = found_.notes[id];
      note.hidden =
          shut ? "its admin port: no control group of its container is found" : inside_[i]->hidden;
      if (note == TargetNote{}) found_.notes.erase(id);
    }
    target.cgroup = std::move(group);
  }
  last_groups_ = std::move(groups);
  ask_kubelet();
}

void KubernetesTargets::ask_kubelet() {
  std::vector<KubeletContainer> without;
  for (std::size_t i = 0; i < asked_for_.size(); ++i) {
    const bool is_seen = !found_.targets[i].cgroup.empty();
    if (!is_seen && !asked_for_[i].target.empty()) without.push_back(asked_for_[i]);
  }
  kubelet_.ask_for(std::move(without), node_ip_);
}

void KubernetesTargets::problems(const std::vector<std::string>& problems) {
  problems_ = problems;
  answered_ = answered_ || !problems.empty();
  tell();
}

void KubernetesTargets::tell() {
  state_.problems = problems_;
  for (const PassedOver& one : passed_over_) state_.problems.push_back(one.words());
  if (too_many_services_ > 0) {
    std::string words = std::to_string(too_many_services_);
    words.append(" services of pods are not asked for their gRPC health: ");
    words.append(std::to_string(limits::grpc_services_found)).append(" are at most");
    state_.problems.push_back(std::move(words));
  }
  const std::vector<std::string>& unnamed = names_.problems();
  state_.problems.insert(state_.problems.end(), unnamed.begin(), unnamed.end());
  if (problems_.empty() && listed_) {
    state_.last_success = std::chrono::system_clock::now();
  }
  on_change_();
}

}  // namespace mesh
