// Which control groups the containers of the node's pods are in: found by walking those that exist
// (scrape/cgroup_walk.h) and recognising each by its name (wire/container_cgroup.h). A walk is made
// when there is a container that was never looked for, between other work, and once a minute while
// one cannot be found: an agent that does not see the host's groups never finds any.
//
// Lives on one thread (the executor's).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scrape/cgroup_walk.h"

namespace mesh {

struct ContainerName {
  std::string pod_uid;  // as wire/container_cgroup.h has it
  std::string id;  // "containerd://…"; "" of one that was not made yet, which is not looked for
};

class ContainerGroups {
 public:
  // `root` as for look_at_cgroup(). on_found is called when a walk is over that found any, or
  // found one not to be there.
  ContainerGroups(boost::asio::any_io_executor executor, std::string root,
                  std::function<void()> on_found,
                  std::chrono::milliseconds again_after = std::chrono::minutes(1));
  ContainerGroups(const ContainerGroups&) = delete;
  ContainerGroups& operator=(const ContainerGroups&) = delete;

  // These are to be known from now on, and no others.
  void look_for(const std::vector<ContainerName>& containers);
  // "" while it is not known.
  std::string of(const std::string& container_id) const;
  // Whether all groups that there are were looked at, and its is not among them.
  bool in_vain(const std::string& container_id) const;
  void stop();

 private:
  struct Sought {
    ContainerName name;
    bool in_vain = false;  // a whole walk did not find it
  };

  void begin();
  void go_on_in(std::chrono::milliseconds time);
  void go_on();
  void recognise(const std::string& path);

  std::string root_;
  std::function<void()> on_found_;
  std::chrono::milliseconds again_after_;
  std::map<std::string, std::string> known_;           // by id as the pod spells it
  std::map<std::string, Sought, std::less<>> sought_;  // by id as groups spell it
  std::unique_ptr<CgroupWalk> walk_;                   // that is under way
  std::set<std::string, std::less<>> walked_for_;      // ids that were sought when it began
  bool found_any_ = false;
  boost::asio::steady_timer next_;
};

}  // namespace mesh
