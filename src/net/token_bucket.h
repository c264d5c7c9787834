// A rate with room for bursts: a bucket holds so many tokens, each request takes one, and one comes
// back every interval. Pure: the time is told.
#pragma once

#include <algorithm>

#include "base/clock.h"
#include "model/web_config.h"

namespace mesh {

class TokenBucket {
 public:
  // Full at first. An interval of 0 lets everything through.
  explicit TokenBucket(WebRate rate = {}, Instant now = Instant::clock::now())
      : rate_(rate), tokens_(static_cast<double>(rate.burst)), last_(now) {}

  // Whether one more may pass at this instant. Instants must not run backwards.
  bool take(Instant now) {
    if (rate_.interval.count() == 0) return true;
    const std::chrono::duration<double> passed = now - last_;
    const double came = passed / std::chrono::duration<double>(rate_.interval);
    tokens_ = std::min(static_cast<double>(rate_.burst), tokens_ + came);
    last_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

  const WebRate& rate() const { return rate_; }

 private:
  WebRate rate_;
  double tokens_;
  Instant last_;
};

}  // namespace mesh
