// The FindingsBook: which verdicts on traffic have held long enough to be stated.
//
// A verdict looks back on one window already. It is stated once it was true at every look over one
// window more, and withdrawn once it was false at every look over one window: two windows in, two
// windows out, so that a burst, a deployment or a single odd poll states nothing, and a stated
// finding does not flicker. Meanwhile it keeps what was last said of it. A window of zero states
// what is true at the last look. What is not stated yet is pending: nobody is woken by it, and
// nobody is told that all is well.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/clock.h"
#include "model/finding.h"
#include "model/snapshot.h"

namespace mesh {

// What makes two findings the same trouble, however much later one was found.
using FindingKey = std::tuple<std::string_view, std::string, std::string, std::string, std::string>;
FindingKey key_of(const Finding& finding);

// Not thread-safe.
class FindingsBook {
 public:
  explicit FindingsBook(Duration window) : window_(window) {}

  // Enters a look at everything, made at `now`. Looks come more often than the window is long.
  void enter(const Snapshot& snapshot, Instant now, WallTime wall);
  // The same with verdicts made elsewhere: what `enter` does with those of the list.
  void enter_found(std::vector<Finding> found, Instant now, WallTime wall);

  // Those that are stated, each with the time since when it is true.
  std::vector<Finding> held() const;
  // Those that were true at the last look and are not stated yet, likewise.
  std::vector<Finding> pending() const;

 private:
  struct Entry {
    Finding finding;  // as last seen to be true
    Instant began, last_true;
    bool stated = false;
  };

  Duration window_;
  std::vector<Finding> that_are(bool stated) const;

  std::map<FindingKey, Entry> entries_;
};

}  // namespace mesh
