// The poller: asks every target at the configured pace and publishes what is known.
//
// A pass starts every poll.interval and asks each target that is due: not one that is still being
// asked (one question per proxy at a time), nor one that is given a rest (compute/pace.h). The
// targets of a pass are spread over the first half of the interval, each always at the same place,
// and at most poll.parallel are asked at once. Every outcome is published as it comes, so a slow
// target delays nobody but itself.
//
// The targets may change at any time: a new one is asked at once.
//
// Lives on one thread (the executor's); nothing here is locked.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compute/declared_by.h"
#include "compute/fold.h"
#include "config/config.h"
#include "model/snapshot.h"

namespace mesh {

class Poller : public std::enable_shared_from_this<Poller> {
 public:
  // Told of a target of which it was not known who it is, and what it is recognised as. It may have
  // the target watched as that at once.
  using Recognised = std::function<void(const Target& target, std::string_view dialect)>;

  // Watches nobody until it is told whom: the targets of the configuration are a source of targets
  // (discover/discovery.h).
  Poller(boost::asio::any_io_executor executor, const Config& config, Recognised recognised);
  ~Poller();

  // From now on these are watched, and shown in this order. One that is as it was goes on as if
  // nothing had happened; one that is no longer there, or is otherwise than it was, is forgotten,
  // and what is being asked of it is no longer shown. Their ids (target_id) differ.
  void watch(std::vector<Target> targets);

  // What somebody else saw of the targets with these ids: of those that have a control group of
  // their own to be looked at it is passed over.
  void take_looks(const TargetLooks& looks);

  // Polls until stop(), or until the executor stops. The poller must be owned by a shared_ptr;
  // polls in progress keep it alive. Never throws, but for want of memory.
  boost::asio::awaitable<void> run();

  // No target is asked from now on; those that are being asked are heard out.
  void stop() { stopping_ = true; }

  // The newest snapshot; never null.
  std::shared_ptr<const Snapshot> snapshot() const { return snapshot_; }

 private:
  struct Watched;  // one target: its conversation, connections, history and pace

  boost::asio::awaitable<void> pass();
  void begin(const std::shared_ptr<Watched>& watched, Duration offset);
  static boost::asio::awaitable<void> poll(std::shared_ptr<Poller> self,
                                           std::shared_ptr<Watched> watched, Duration offset);
  boost::asio::awaitable<void> ask(Watched& watched);
  void look_at_resources(Watched& watched);
  void finished(Watched& watched, std::exception_ptr error);
  void refresh_states();
  void publish();

  boost::asio::any_io_executor executor_;
  Config config_;
  Recognised recognised_;
  std::vector<std::shared_ptr<Watched>> watched_;  // in the order in which they are shown
  FoldCounts folded_before_{};                     // of those that are gone
  std::shared_ptr<const Snapshot> snapshot_;
  DeclaredBook declared_;
  PassTimes pass_times_;
  Duration scrape_time_{};  // of the pass in progress
  bool running_ = false, stopping_ = false;

  std::shared_ptr<class Slots> slots_;
  std::size_t unfinished_ = 0;              // polls in progress, of this pass or an earlier one
  boost::asio::steady_timer pass_is_over_;  // cancelled when unfinished_ becomes 0
};

}  // namespace mesh
