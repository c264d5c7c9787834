// demo_load: makes gRPC calls through a mesh, a fixed mix of methods and statuses, and keeps a
// ledger of what the caller saw. Tests hold the exporter's counters against that ledger.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "caller.h"
#include "ledger.h"
#include "load_options.h"
#include "plan.h"

namespace mesh::demo {
namespace {

using Clock = std::chrono::steady_clock;

// The workers: each takes the next call of the plan, waits for its time if there is a rate, makes
// it and books it. The last one to end sends the process SIGUSR2, for which main waits.
class Workers {
 public:
  Workers(const LoadOptions& options, Ledger& ledger)
      : options_(options), ledger_(ledger), running_(options.parallel) {
    const auto channel = open_channel(options.target);
    for (unsigned i = 0; i < options.parallel; ++i) {
      threads_.emplace_back([this, channel](const std::stop_token& stop) { run(channel, stop); });
    }
  }

  // No new calls; those under way are finished.
  void stop() {
    for (auto& thread : threads_) thread.request_stop();
  }

 private:
  void run(const std::shared_ptr<grpc::Channel>& channel, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const std::uint64_t index = next_.fetch_add(1);
      if (options_.calls > 0 && index >= options_.calls) break;
      if (options_.rate > 0 && !wait_for_turn(index, stop)) break;
      PlannedCall call = planned_call(options_.first + index);
      if (options_.only) call.method = *options_.only;
      if (options_.all_ok) call.code = grpc::StatusCode::OK;
      ledger_.book(call.method, make_call(channel, call, options_.call));
    }
    if (running_.fetch_sub(1) == 1) kill(getpid(), SIGUSR2);
  }

  bool wait_for_turn(std::uint64_t index, const std::stop_token& stop) {
    const std::chrono::duration<double> after(static_cast<double>(index) / options_.rate);
    const auto due = start_ + std::chrono::duration_cast<Clock::duration>(after);
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, stop, due, [] { return false; });
    return !stop.stop_requested();
  }

  const LoadOptions& options_;
  Ledger& ledger_;
  const Clock::time_point start_ = Clock::now();
  std::atomic<std::uint64_t> next_{0};
  std::atomic<unsigned> running_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<std::jthread> threads_;  // last: joined before what they use goes away
};

sigset_t our_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) sigaddset(&signals, signal);
  return signals;
}

void write_ledger(const LoadOptions& options, const Ledger& ledger) {
  if (options.ledger_file.empty() || ledger.write(options.ledger_file)) return;
  std::fprintf(stderr, "demo_load: cannot write %s\n", options.ledger_file.c_str());
}

void run_load(const LoadOptions& options) {
  // Before any thread exists, so that all inherit it and only sigtimedwait below sees them.
  const sigset_t signals = our_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  Ledger ledger;
  auto end =
      options.duration.count() > 0 ? Clock::now() + options.duration : Clock::time_point::max();
  write_ledger(options, ledger);  // whoever sees the file may send us signals from now on
  Workers workers(options, ledger);
  for (int signal = 0; signal != SIGUSR2;) {
    const std::chrono::nanoseconds left = end - Clock::now();
    const bool soon = left < std::chrono::seconds(1);
    const timespec wait{soon ? 0 : 1, soon ? std::max<long>(0, left.count()) : 0};
    signal = sigtimedwait(&signals, nullptr, &wait);
    if (signal == SIGTERM || signal == SIGINT || Clock::now() >= end) {
      workers.stop();
      end = Clock::time_point::max();  // from here on only the last worker's signal counts
    }
    write_ledger(options, ledger);
  }
  std::printf("%s\n", ledger.json().c_str());
}

}  // namespace
}  // namespace mesh::demo

int main(int argc, char** argv) {
  std::string error;
  const auto options = mesh::demo::parse_load_options({argv + 1, argv + argc}, error);
  if (!options) {
    std::fprintf(stderr, "demo_load: %s\n%s", error.c_str(), mesh::demo::kLoadUsage);
    return 2;
  }
  if (options->wait_ready.count() > 0) {
    const auto channel = mesh::demo::open_channel(options->target);
    const std::string& authority = options->call.authority;
    return mesh::demo::wait_until_serving(channel, options->wait_ready, authority) ? 0 : 1;
  }
  mesh::demo::run_load(*options);
  return 0;
}
