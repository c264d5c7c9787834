// How objects of one kind are learnt from an API server and followed, without any I/O:
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
// Until a new list is whole the objects of before stay (kube_kept.h): a server that is away takes
// nobody's targets.
// The first list may be answered from the server's memory (resourceVersion=0), which is cheap for
// a cluster of any size; where that memory was too old, the next is a fresh one.
//
// Deterministic: the same answers and the same seed give the same questions. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "discover/kube_kept.h"
#include "discover/kube_kind.h"
#include "model/failure.h"
#include "wire/kube_stream.h"

namespace mesh {

class KubeWatch {
 public:
  struct Scope {
    KubeKind kind;
    std::string fields;    // a field selector, such as spec.nodeName=node-1; "": all
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

  // What is heard goes into `kept`.
  KubeWatch(Scope scope, std::shared_ptr<KubeKept> kept, std::uint64_t seed);

  // What to do next. After a Wait it is to be asked again when the time has passed.
  Step next();

  // REQUIRES (these three): the last step was an Ask.
  void answered(int status);
  // False: the rest of the answer is of no use, and it is to be ended.
  bool arrived(std::string_view bytes);
  // The answer is over, by its end or by a failure of the connection.
  void ended(Duration lasted, const std::optional<Failure>& failure);

  // Grows whenever what is kept has changed.
  std::uint64_t generation() const { return generation_; }
  // Whether a list was ever whole.
  bool complete() const { return complete_; }
  // Why there is no news now, in words fit for a log: "cannot list pods: …"; "" while all is well.
  const std::string& trouble() const { return trouble_; }
  // What is not known, of the last whole list and since: objects and events that could not be read,
  // the first of them in words, and the times that an object was beyond the kind's bound.
  std::uint64_t unreadable() const { return missing_.unreadable; }
  const std::string& unreadable_sample() const { return missing_.sample; }
  std::uint64_t left_out() const { return missing_.left_out; }
  // All that is amiss, in lines fit for a log that stay the same while nothing else is: the trouble
  // first, then what is not known.
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
  void list_ended(const std::optional<Failure>& failure);
  void watch_ended(Duration lasted, const std::optional<Failure>& failure);
  void refused();
  void begin_anew();
  void all_is_well();
  void failed(std::string words);
  std::string cannot(std::string_view verb) const;
  Duration jittered(Duration time);

  Scope scope_;
  std::shared_ptr<KubeKept> kept_;
  std::minstd_rand random_;

  bool watching_ = false;           // or listing
  bool from_memory_ = true;         // the next list may be answered from the server's memory
  std::string version_;             // from which to watch
  std::string continue_;            // of the list in progress
  Missing unlisted_;                // of it
  std::optional<ListCutter> list_;  // of the answer that is being heard
  std::optional<ObjectCutter> events_;
  int status_ = 0;
  bool over_ = false;    // the watch was ended by an event
  bool heard_ = false;   // the watch brought something
  std::string refusal_;  // the body of an answer that is none
  Duration back_off_{};  // 0: nothing went wrong
  bool must_wait_ = false;
  bool anew_before_ = false;  // and nothing was heard since

  Missing missing_;
  std::uint64_t generation_ = 0;
  bool complete_ = false;
  std::string trouble_;
};

}  // namespace mesh
