// Which life of a process a page of metrics is about, by process_start_time_seconds. The instant is
// made anew for every page by some libraries, from a clock that is adjusted: it must move by two
// seconds to be another one.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

namespace mesh {

class ProcessStart {
 public:
  // Seconds since 1970, of every page that has it. What is no number is passed over.
  void note(double seconds) {
    if (!std::isfinite(seconds)) return;
    if (started_ && std::abs(seconds - *started_) > jitter_seconds) ++incarnation_;
    started_ = seconds;
  }

  // Changes when the process is another one.
  std::uint64_t incarnation() const { return incarnation_; }

 private:
  static constexpr double jitter_seconds = 2;

  std::uint64_t incarnation_ = 0;
  std::optional<double> started_;
};

}  // namespace mesh
