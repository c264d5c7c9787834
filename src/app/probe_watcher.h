// The probe watcher: asks gRPC servers for their health, each service once an interval, beside the
// polls of the targets and never in their way. The list may change at any time.
//
// Every service has its own place in the interval, on a grid that all share (scrape/probe_grid.h);
// the first questions are asked as soon as the processor can do with so many, to each host in turn
// (app/host_turns.h). Nothing is repeated within an interval, and none is left out for what the
// last one brought: of an outage as many probes are counted as of health, and its end is seen at
// the next. Where a probe asks for it the server is listened to beside (Health/Watch): what it says
// between two questions is shown at once, and counted nowhere.
//
// Lives on one thread (the executor's); nothing here is locked.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/host_turns.h"
#include "app/probes_now.h"
#include "app/watched_service.h"
#include "base/clock.h"
#include "expose/probe_page.h"
#include "model/grpc_probe.h"

namespace mesh {

// Beside the time of one question: how long a probe that is asked for waits for its turn where no
// scraper says how long it waits itself.
inline constexpr std::chrono::seconds scraper_waits_for_turns{10};

class ProbeWatcher : public std::enable_shared_from_this<ProbeWatcher> {
 public:
  explicit ProbeWatcher(boost::asio::any_io_executor executor,
                        Duration scraper_waits = scraper_waits_for_turns);
  ~ProbeWatcher();

  // From now on these are asked, until stop(). What is as it was goes on; what is asked otherwise
  // at the same address (interval, timeout, TLS) begins anew with the counts that it had; what is
  // no longer there is forgotten. The watcher must be owned by a shared_ptr. Names and labels of
  // the probes differ.
  void watch(const std::vector<GrpcProbe>& probes);

  // Nobody is asked from now on, who is being asked tells nothing any more, and whoever waits for a
  // probe that he asked for is answered.
  void stop();

  // Asks each service of the probe that is called so ("namespace/name" of one that has a
  // namespace), beside what is asked anyhow, and counts it nowhere (app/probes_now.h). It ends at
  // `latest` whoever has been asked by then; of a moment that has passed, when the time of a
  // question is over; where nothing is said, when that and `scraper_waits` are. Nothing if there is
  // no such probe. Of who is `gone` nothing more is asked.
  std::optional<boost::asio::awaitable<ProbedNow>> probe_now(const std::string& name,
                                                             Instant latest = Instant::max(),
                                                             std::function<bool()> gone = {});

  // Whether each was asked once, however that ended.
  bool all_looked() const;

  // As last known, in the order of the probes and their services; of whom was asked already.
  HealthStates states() const;

  // The others: each probe of which a service was not asked yet.
  std::vector<UnaskedProbe> unasked() const;

 private:
  static boost::asio::awaitable<void> keep_asking(std::shared_ptr<ProbeWatcher> self,
                                                  std::shared_ptr<WatchedService> watched);
  // While it speaks of itself; if it breaks off, whether it is still there.
  static boost::asio::awaitable<void> keep_listening(std::shared_ptr<ProbeWatcher> self,
                                                     std::shared_ptr<WatchedService> watched);
  void listen_to(const std::shared_ptr<WatchedService>& watched);
  void spawn(const std::string& place, boost::asio::awaitable<void> endless);
  // In its turn, however long that takes to come.
  static boost::asio::awaitable<HealthLook> look_at(std::shared_ptr<WatchedService> watched,
                                                    HostTurns::Asker asker);
  std::shared_ptr<WatchedService> make(const GrpcProbe& probe, const std::string& service,
                                       Duration spread);
  std::shared_ptr<HostTurns> turns_at(const Address& address);

  boost::asio::any_io_executor executor_;
  Duration scraper_waits_;
  std::shared_ptr<ProbesNow> now_;
  std::vector<std::shared_ptr<WatchedService>> watched_;
  std::map<std::string, std::weak_ptr<HostTurns>> turns_;  // by host_of()
};

}  // namespace mesh
