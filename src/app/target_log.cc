// Log lines at changes of state; see target_log.h.
#include "app/target_log.h"

#include <algorithm>

#include "base/log.h"

namespace mesh {

void TargetLog::answered(Change change, const Readings& readings) {
  if (change == Change::came_up) {
    const std::string version = readings.proxy ? readings.proxy->version : "";
    log(LogLevel::info, "target is up", {{"target", target_}, {"version", version}});
  }
  if (readings.incarnation != incarnation_) {
    log(LogLevel::info, "proxy was restarted, its counters go on", {{"target", target_}});
    incarnation_ = readings.incarnation;
  }
  const bool unreadable = readings.unreadable > 0;
  if (unreadable && !unreadable_) {
    const std::string lines = std::to_string(readings.unreadable);
    log(LogLevel::warn, "some lines of the answer cannot be read",
        {{"target", target_}, {"lines", lines}, {"first", readings.unreadable_sample}});
  }
  unreadable_ = unreadable;
  for (const Failure& failure : readings.partial) {
    // The same question failing in the same way is not news.
    if (std::find(partial_.begin(), partial_.end(), failure) != partial_.end()) continue;
    log(LogLevel::warn, "a question was not answered, the others were",
        {{"target", target_}, {"reason", to_string(failure.reason)}, {"error", failure.message}});
  }
  partial_ = readings.partial;
}

void TargetLog::failed(Change change, const Failure& failure) {
  if (change == Change::none) return;
  log(LogLevel::warn, "target is down",
      {{"target", target_},
       {"address", address_},
       {"reason", to_string(failure.reason)},
       {"error", failure.message}});
}

}  // namespace mesh
