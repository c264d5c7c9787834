// All that is watched: targets as they come and go, TLS endpoints, files, Secrets and gRPC servers,
// and the one snapshot of them. The agent runs it until it is told to end, a command until
// everything was looked at once.
//
// Once an interval it also looks at everything together, for the findings that take more than one
// look. Lives on one thread (the executor's).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/endpoint_watcher.h"
#include "app/file_watcher.h"
#include "app/known_meshes.h"
#include "app/poller.h"
#include "app/probe_watcher.h"
#include "app/secret_watcher.h"
#include "app/trust_store.h"
#include "compute/findings_book.h"
#include "discover/discovery.h"

namespace mesh {

class Watchers {
 public:
  Watchers(boost::asio::any_io_executor executor, const Config& config);
  Watchers(const Watchers&) = delete;
  Watchers& operator=(const Watchers&) = delete;

  // `ended` is called when polling ends, with what broke it off.
  void start(std::function<void(std::exception_ptr)> ended);
  // Goes on with this configuration. Who is watched as before keeps its history, unless how all are
  // watched has changed: then everybody of that kind (targets; certificates) begins anew, as
  // after a restart. Returns what begins anew, in words; "" if nothing does. REQUIRES: started.
  std::string change(const Config& config);
  // Nobody is asked from now on; those that are being asked are heard out.
  void stop();

  // Asks the gRPC server that is configured under this name now; nothing if there is none.
  std::optional<boost::asio::awaitable<ProbedNow>> probe_now(const std::string& target,
                                                             Instant latest,
                                                             std::function<bool()> gone) {
    return probes_->probe_now(target, latest, std::move(gone));
  }

  // Whether everything was asked or read once, however that ended.
  bool all_looked() const;
  std::shared_ptr<const Snapshot> snapshot() const;  // never null
  // The same, with what is found at this moment, however long it has been so.
  std::shared_ptr<const Snapshot> judged_now() const;

 private:
  void start_polling();
  void start_certificates();
  void make_secrets();
  void judge_later();
  void found_others();
  std::shared_ptr<Poller> make_poller();
  void log_hidden(const std::map<std::string, TargetNote>& notes);

  boost::asio::any_io_executor executor_;
  Config config_;
  std::function<void(std::exception_ptr)> ended_;
  Discovery discovery_;
  std::shared_ptr<const DiscoveryOutcome> found_ = std::make_shared<const DiscoveryOutcome>();
  std::vector<PassedOver> passed_over_;  // beside found_
  KnownMeshes known_meshes_;
  std::set<std::string> told_hidden_;  // what the log said that targets hide
  std::shared_ptr<Poller> poller_;
  std::shared_ptr<TrustStore> trust_;
  std::shared_ptr<EndpointWatcher> endpoints_;
  std::unique_ptr<FileWatcher> files_;
  std::unique_ptr<SecretWatcher> secrets_;
  std::shared_ptr<ProbeWatcher> probes_;
  bool probing_ = false;  // from start() to stop()
  std::vector<WorkloadBalance> workloads_;
  FindingsBook findings_;
  boost::asio::steady_timer next_judgement_;
};

}  // namespace mesh
