// The file watcher: follows the certificates in the files that the configuration names. What
// changes in the file system is scrape's business (scrape/certificate_files.h); here each file has
// its history, so that a renewed file is a rotation.
//
// Lives on one thread (the executor's); nothing here is locked.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compute/certificate_book.h"
#include "config/config.h"
#include "model/shown_places.h"
#include "model/watched_file.h"
#include "scrape/certificate_files.h"

namespace mesh {

class FileWatcher {
 public:
  FileWatcher(boost::asio::any_io_executor executor, const CertificatesConfig& config);
  ~FileWatcher();

  void start();  // does nothing where no file is named
  void stop();

  // Whether every file that is there has been read once.
  bool all_looked() const { return all_looked_; }

  // As last read; never null.
  std::shared_ptr<const WatchedFiles> files() const { return files_; }
  std::shared_ptr<const ShownPlaces> shown() const { return shown_; }

 private:
  struct Known;
  void take(CertificateFileNews news);
  void changed();

  std::vector<CertificateRules> rules_;  // by pattern
  std::map<std::string, Known> known_;
  std::shared_ptr<const WatchedFiles> files_ = std::make_shared<const WatchedFiles>();
  std::shared_ptr<const ShownPlaces> shown_ = std::make_shared<const ShownPlaces>();
  std::optional<CertificateFiles> source_;
  bool all_looked_ = true;
};

}  // namespace mesh
