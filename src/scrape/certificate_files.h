// Certificates in files: every file that one of the globs matches, read when it changes and at no
// other time. The kernel tells of changes (inotify); a slow look at everything makes up for what it
// does not tell, as of network file systems and mounts. Where it cannot tell any more, its limits
// being reached, that look is the source, and a warning says so.
//
// One thread: that of the executor. Nothing here waits for a disk longer than a slice of work.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scrape/file_scan.h"

namespace mesh {

struct CertificateFilesPace {
  // What happens within this long of each other is one change: replacing a file makes several
  // events, and there may be no file for a moment in between.
  std::chrono::milliseconds collapse{50};
  std::chrono::milliseconds rescan{std::chrono::minutes{5}};
  std::chrono::milliseconds rescan_unwatched{std::chrono::seconds{30}};  // at the kernel's limits
  std::size_t most_directories = watched_directories;
};

class CertificateFiles {
 public:
  // Both are called on the executor: on_file for each file that is there and then whenever one has
  // changed; on_change once when all has been seen for the first time, even if there is nothing,
  // then whenever on_file was called, when no work is left or a second after the last call.
  CertificateFiles(boost::asio::any_io_executor executor,
                   std::vector<CertificateFilePattern> patterns, OnCertificateFile on_file,
                   std::function<void()> on_change, CertificateFilesPace pace = {});
  ~CertificateFiles();
  CertificateFiles(const CertificateFiles&) = delete;
  CertificateFiles& operator=(const CertificateFiles&) = delete;

  void start();  // call once
  void stop();   // nothing is told any more

  std::size_t files_watched() const;
  std::uint64_t files_read() const;
  std::uint64_t read_errors() const;
  // Why not all is seen, or not at once; for the log, when it changes.
  std::vector<std::string> warnings() const;

 private:
  class Conductor;
  std::shared_ptr<Conductor> conductor_;
};

}  // namespace mesh
