// How the pods of one node are learnt from an API server and followed, without any I/O:
//
//   KubeWatch::Step step = watch.next();   a question to ask, or how long to wait first
//   watch.answered(status);                the head of its answer
//   watch.arrived(bytes);                  its body, as it comes, for minutes
//   watch.ended(lasted, failure);          its end, or why it never came
//
// First a list, page by page, then a watch that goes on from the list's version, renewed every few
// minutes; bookmarks keep the version young. A version that the server no longer knows (410) is
// begun anew with a list. What went wrong is waited out, longer every time, at random within half
// and one and a half of it, so that the agents of a cluster do not come back all at once.
//
// Until a new list is whole the pods of before stay: a server that is away takes nobody's targets.
// The first list may be answered from the server's memory (resourceVersion=0), which is cheap for
// a cluster of any size; where that memory was too old, the next is a fresh one.
//
// Deterministic: the same answers and the same seed give the same questions. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "model/failure.h"
#include "model/pod.h"
#include "wire/kube_pod.h"
#include "wire/kube_stream.h"

namespace mesh {

class KubeWatch {
 public:
  struct Scope {
    std::string node;      // spec.nodeName
    std::string ns;        // "": all namespaces
    std::string selector;  // by labels, as kubectl has it; "": all
  };

  struct Ask {
    std::string path;  // and query
    Duration within;   // for all of the answer
  };
  struct Wait {
    Duration time;
  };
  using Step = std::variant<Ask, Wait>;

  KubeWatch(Scope scope, std::uint64_t seed);

  // What to do next. After a Wait it is to be asked again when the time has passed.
  Step next();

  // REQUIRES (these three): the last step was an Ask.
  void answered(int status);
  // False: the rest of the answer is of no use, and it is to be ended.
  bool arrived(std::string_view bytes);
  // The answer is over, by its end or by a failure of the connection.
  void ended(Duration lasted, const std::optional<Failure>& failure);

  // By uid. Those of the last whole list, and what was heard since.
  const std::map<std::string, Pod>& pods() const { return pods_; }
  // Grows whenever pods() has changed.
  std::uint64_t generation() const { return generation_; }
  // Whether a list was ever whole.
  bool complete() const { return complete_; }
  // Why there is no news now, in words fit for a log: "cannot list pods: …"; "" while all is well.
  const std::string& trouble() const { return trouble_; }
  // What pods() lacks, of the last whole list and since: objects and events that could not be read,
  // the first of them in words, and the times that a pod was beyond limits::pods_per_node.
  std::uint64_t unreadable() const { return missing_.unreadable; }
  const std::string& unreadable_sample() const { return missing_.sample; }
  std::uint64_t left_out() const { return missing_.left_out; }
  // All that is amiss, in lines fit for a log that stay the same while nothing else is: the trouble
  // first, then what pods() lacks.
  std::vector<std::string> problems() const;

 private:
  std::string path() const;
  Step list_next();
  Step watch_next();
  struct Missing {
    std::uint64_t unreadable = 0, left_out = 0;
    std::string sample;

    void add_unreadable(std::string_view what);
  };

  void hear_item(std::string_view json);
  void hear_event(std::string_view json);
  static void add(std::map<std::string, Pod>& to, Pod pod, Missing& missing);
  void list_ended(const std::optional<Failure>& failure);
  void watch_ended(Duration lasted, const std::optional<Failure>& failure);
  void refused();
  void begin_anew();
  void all_is_well();
  void failed(std::string words);
  Duration jittered(Duration time);

  Scope scope_;
  std::minstd_rand random_;
  KubePodReader reader_;

  bool watching_ = false;              // or listing
  bool from_memory_ = true;            // the next list may be answered from the server's memory
  std::string version_;                // from which to watch
  std::string continue_;               // of the list in progress
  std::map<std::string, Pod> listed_;  // of it
  Missing unlisted_;                   // likewise
  std::optional<ListCutter> list_;     // of the answer that is being heard
  std::optional<ObjectCutter> events_;
  int status_ = 0;
  bool over_ = false;    // the watch was ended by an event
  bool heard_ = false;   // the watch brought something
  std::string refusal_;  // the body of an answer that is none
  Duration back_off_{};  // 0: nothing went wrong
  bool must_wait_ = false;
  bool anew_before_ = false;  // and nothing was heard since

  std::map<std::string, Pod> pods_;
  Missing missing_;
  std::uint64_t generation_ = 0;
  bool complete_ = false;
  std::string trouble_;
};

}  // namespace mesh
