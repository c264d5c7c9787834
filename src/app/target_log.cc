// Log lines at changes of state; see target_log.h.
#include "app/target_log.h"

#include <algorithm>
#include <utility>

#include "app/read_in_part.h"
#include "base/log.h"

namespace mesh {
namespace {

bool is_missing(const Failure& failure, const Readings& readings) {
  return std::ranges::any_of(readings.partial, [&](const Failure& one) {
    return question_of(one) == question_of(failure);
  });
}

}  // namespace

void TargetLog::answered(Change change, const Readings& readings) {
  if (change == Change::came_up) {
    const std::string version = readings.proxy   ? readings.proxy->version
                                : readings.plane ? readings.plane->version
                                                 : "";
    log(LogLevel::info, "target is up", {{"target", target_}, {"version", version}});
  }
  note_life(readings.incarnation);
  const bool unreadable = readings.unreadable > 0;
  if (unreadable && !unreadable_) {
    log(LogLevel::warn, "some lines of the answer cannot be read",
        {{"target", target_},
         {"lines", readings.unreadable},
         {"first", readings.unreadable_sample}});
  }
  unreadable_ = unreadable;
  std::erase_if(partial_, [&](const Failure& failure) {
    return is_heard(failure, readings) && !is_missing(failure, readings);
  });
  for (const Failure& failure : readings.partial) {
    // The same question failing in the same way is not news, however rarely it is asked. Nor is how
    // much of an answer is left out.
    const bool in_part = is_heard(failure, readings);
    const auto is_same = [&](const Failure& one) {
      return one == failure || (in_part && question_of(one) == question_of(failure));
    };
    if (std::ranges::any_of(partial_, is_same)) continue;
    std::erase_if(partial_,
                  [&](const Failure& other) { return question_of(other) == question_of(failure); });
    partial_.push_back(failure);
    log(LogLevel::warn,
        in_part ? "of what the target has a part is left out"
                : "a question was not answered, the others were",
        {{"target", target_}, {"reason", to_string(failure.reason)}, {"error", failure.message}});
  }
}

// One that is another process at every answer is told twice: that it was restarted, and that it
// goes on like that. An answer by the same process as the one before ends it.
void TargetLog::note_life(std::uint64_t incarnation) {
  if (std::exchange(incarnation_, incarnation) == incarnation) {
    restarts_ = 0;
    return;
  }
  if (restarts_ == 0) {
    log(LogLevel::info, "proxy was restarted, its counters go on", {{"target", target_}});
  } else if (restarts_ == 1) {
    log(LogLevel::warn, "proxy is another process at every answer", {{"target", target_}});
  }
  restarts_ = std::min(restarts_ + 1, 2);
}

void TargetLog::failed(Change change, const Failure& failure) {
  if (change == Change::none) return;
  log(LogLevel::warn, "target is down",
      {{"target", target_},
       {"address", address_},
       {"reason", to_string(failure.reason)},
       {"error", failure.message}});
}

void TargetLog::looked(const CgroupLook& look) {
  std::string trouble = look.error.empty() ? look.unreadable_sample : look.error;
  if (trouble == cgroup_trouble_) return;
  if (trouble.empty()) {
    log(LogLevel::info, "the control group can be read again", {{"target", target_}});
  } else if (look.error.empty()) {
    log(LogLevel::warn, "some of the control group cannot be read",
        {{"target", target_}, {"files", look.unreadable}, {"first", trouble}});
  } else {
    log(LogLevel::warn, "the control group cannot be read",
        {{"target", target_}, {"error", trouble}});
  }
  cgroup_trouble_ = std::move(trouble);
}

}  // namespace mesh
