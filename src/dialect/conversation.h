// A Conversation is how one target is asked, without any I/O: an ask/answer machine.
//
//   Step step = conversation.begin(now);
//   while (step is a Request) step = conversation.hear(fetch(request));
//   step is Readings, or the Failure that ended this poll
//
// Later questions depend on earlier answers (a new connection must be asked who it is; only
// clusters whose counters moved are worth asking for), and much is worth remembering from poll to
// poll (the layout of the stats, what each name means). Both live in here, one object per target,
// made by the dialect of the target's mesh (dialects.h). Deterministic: the same answers give the
// same readings. Not thread-safe.
#pragma once

#include <variant>

#include "base/clock.h"
#include "model/readings.h"
#include "model/request.h"

namespace mesh {

using Step = std::variant<Request, Readings, Failure>;

class Conversation {
 public:
  virtual ~Conversation() = default;

  // Starts one poll. Whatever an earlier poll left unfinished is forgotten, what was learnt stays.
  virtual Step begin(Instant now) = 0;

  // REQUIRES: the last step was a Request, and this is its answer.
  virtual Step hear(Answer answer) = 0;
};

}  // namespace mesh
