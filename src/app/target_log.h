// What the log says about one target: changes, each once. A target that stays down, or keeps
// sending lines that cannot be read, is a metric and not a line per poll.
#pragma once

#include <string>
#include <vector>

#include "compute/target_history.h"
#include "model/failure.h"
#include "model/readings.h"
#include "model/resources.h"

namespace mesh {

class TargetLog {
 public:
  // `address` is what is dialled first, for whoever reads the log at night.
  TargetLog(std::string target, std::string address)
      : target_(std::move(target)), address_(std::move(address)) {}

  void answered(Change change, const Readings& readings);
  void failed(Change change, const Failure& failure);
  void looked(const CgroupLook& look);  // at the target's control group

 private:
  void note_life(std::uint64_t incarnation);

  std::string target_, address_;
  bool unreadable_ = false;       // the last answer had unreadable lines
  std::vector<Failure> partial_;  // questions that were not answered since they failed
  std::string cgroup_trouble_;    // of the last look at it; "" if it was good, or is the first
  std::uint64_t incarnation_ = 0;
  int restarts_ = 0;  // answers in a row of which each came from another process; counted up to 2
};

}  // namespace mesh
