// Targets from files (config/read_target_file.h), followed while they change.
//
// Once a second the patterns are expanded and each file is looked at; one that has changed is read.
// That finds whatever writes it and wherever it lies (a mounted ConfigMap, a network file system).
// A file that cannot be read, or is no list, keeps the targets that it had; of one with mistakes
// the others are taken. A file that is gone takes its targets with it.
//
// Lives on one thread (the executor's). A look waits for the disk: such files are few and small.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/load.h"
#include "model/discovered.h"
#include "scrape/file_read.h"

namespace mesh {

class TargetFiles {
 public:
  // Looks at once. `context` says which meshes and issuers there are. on_change is called from
  // start() on, whenever the targets or the problems are others than before.
  TargetFiles(boost::asio::any_io_executor executor, const DiscoveryConfig& config,
              const ConfigContext& context, std::function<void()> on_change,
              std::chrono::milliseconds pace = std::chrono::seconds(1));
  TargetFiles(const TargetFiles&) = delete;
  TargetFiles& operator=(const TargetFiles&) = delete;

  void start();
  void stop();

  // As last looked at. The targets are in the order of the files' names.
  const Discovered& found() const { return found_; }
  const DiscoveryState& state() const { return state_; }

 private:
  struct File {
    FileSignature signature{};
    std::vector<Target> targets{};
    std::vector<std::string> problems{};
    bool seen = false;  // by the look that is under way
  };

  bool look();
  void look_at(const std::string& path, std::vector<std::string>& problems);
  void read(const std::string& path, File& file);
  void look_later();

  std::vector<std::string> patterns_;
  std::chrono::milliseconds pace_;
  ConfigContext context_;
  std::function<void()> on_change_;
  std::map<std::string, File> files_;
  Discovered found_;
  DiscoveryState state_{"file", 0, {}, {}};
  boost::asio::steady_timer next_look_;
};

}  // namespace mesh
