// Asking a gRPC server what methods it has: sans I/O, a part of a conversation.
//
// First for the list of services, by v1 or, where that is UNIMPLEMENTED, by v1alpha; then for each
// service, some in every poll, so that a server of hundreds does not hold up the poll. A service of
// which nothing can be told (a C++ program may list one whose descriptor was never linked) costs
// that one only. gRPC's own services are left out: who declares Health is called by probes.
//
// A look is repeated once an interval, at once for another process, and for what may be another one
// at most once a minute: some servers end their connections that often. Not thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "dialect/beat.h"
#include "model/readings.h"
#include "model/request.h"

namespace mesh {

// How its failures name their question.
inline constexpr std::string_view reflection_question = "reflection";

class Reflection {
 public:
  explicit Reflection(Duration interval) : beat_(interval) {}

  // A poll begins. What the last one had asked in vain is asked anew.
  void begin(Instant now);

  // The next question of this poll; nothing if there is none.
  std::optional<Request> question() const;

  // The service that question() is about; "" for the list of them. REQUIRES: there is a question.
  std::string asked_for() const;

  // REQUIRES: `answer` is that to question().
  void hear(const Answer& answer);

  // Instead, of a service: nobody answers for it, and the look goes on with the others.
  void pass_over();

  // Another process answers: it may be another program.
  void forget();

  // Another process may answer.
  void doubt() { doubted_ = true; }

  // What ended in this poll: the methods, or why there are none.
  void tell(Readings& readings);

  bool has_none() const { return version_ == Version::none; }

 private:
  enum class Version : std::uint8_t { v1, v1alpha, none };

  std::string_view path() const;
  void hear_list(const Answer& answer);
  void hear_service(const Answer& answer);
  bool is_due(Instant now) const;
  void strike();
  void end();

  Version version_ = Version::v1;
  Beat beat_, doubt_beat_{std::chrono::minutes(1)};
  bool doubted_ = false;
  Instant now_{};
  bool looking_ = false;               // a look is under way
  std::vector<std::string> services_;  // of it, still to be asked for, the next at the end
  bool listed_ = false;
  std::size_t asked_ = 0;  // in this poll
  DeclaredMethods found_;
  std::optional<DeclaredMethods> ended_;
  std::optional<Failure> failure_;
};

}  // namespace mesh
