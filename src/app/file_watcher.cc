// From states of files to histories of their certificates; see file_watcher.h.
#include "app/file_watcher.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "compute/certificate_book.h"
#include "compute/shown_files.h"

namespace mesh {
namespace {

std::vector<CertificateFilePattern> patterns_of(const CertificatesConfig& config) {
  std::vector<CertificateFilePattern> patterns;
  for (const CertificateFilesConfig& files : config.files) {
    for (const std::string& path : files.paths) patterns.push_back({path, files.password_file});
  }
  return patterns;
}

void log_file(const WatchedFile& file, const WatchedFile* before) {
  if (!file.error.empty() && (!before || before->error != file.error)) {
    log(LogLevel::warn, "a certificate file cannot be read",
        {{"file", file.path}, {"error", file.error}});
  }
  if (file.unreadable > 0 && (!before || before->unreadable_sample != file.unreadable_sample)) {
    log(LogLevel::warn, "a certificate in a file cannot be read, the others can",
        {{"file", file.path}, {"count", file.unreadable}, {"first", file.unreadable_sample}});
  }
}

}  // namespace

// One file: how it was last seen, and the history of what is in it.
struct FileWatcher::Known {
  Known(const std::string& path, std::optional<double> rotation_point)
      : book(CertificateSource::file, path, {"", rotation_point}) {}

  // Publishes a state that is new.
  void enter(std::shared_ptr<const CertificateFileState> state, WallTime now) {
    auto next = std::make_shared<WatchedFile>();
    next->path = state->path;
    next->error = state->error;
    if (state->content) {
      // The history is about what is in the file: a look that failed is none.
      if (state->error.empty()) book.enter({{state->content->certificates}}, now);
      next->unreadable = state->content->unreadable;
      next->unreadable_sample = state->content->unreadable_sample;
      next->certificates = book.place();
    }
    log_file(*next, file.get());
    file = std::move(next);
    seen = std::move(state);
  }

  CertificateBook book;
  std::shared_ptr<const CertificateFileState> seen;
  std::shared_ptr<const WatchedFile> file;
};

FileWatcher::FileWatcher(boost::asio::any_io_executor executor, const CertificatesConfig& config) {
  std::vector<CertificateFilePattern> patterns = patterns_of(config);
  for (const CertificateFilesConfig& files : config.files) {
    rotation_points_.insert(rotation_points_.end(), files.paths.size(), files.rotation_point);
  }
  if (patterns.empty()) return;
  all_looked_ = false;
  source_.emplace(std::move(executor), std::move(patterns), [this] { changed(); });
}

FileWatcher::~FileWatcher() { stop(); }

void FileWatcher::start() {
  if (source_) source_->start();
}

void FileWatcher::stop() {
  if (source_) source_->stop();
}

void FileWatcher::changed() {
  const WallTime now = std::chrono::system_clock::now();
  const auto states = source_->states();
  auto files = std::make_shared<WatchedFiles>();
  files->reserve(states.size());
  auto last = known_.begin();
  // Both are in the order of the paths.
  for (const auto& state : states) {
    while (last != known_.end() && last->first < state->path) last = known_.erase(last);
    if (last == known_.end() || last->first != state->path) {
      auto fresh = std::make_unique<Known>(state->path, rotation_points_.at(state->pattern));
      last = known_.emplace_hint(last, state->path, std::move(fresh));
    }
    Known& known = *last->second;
    if (known.seen != state) known.enter(state, now);
    files->push_back(known.file);
    ++last;
  }
  known_.erase(last, known_.end());
  shown_ = std::make_shared<const ShownFiles>(show_files(*files, limits::file_certificates_shown));
  files_ = std::move(files);
  all_looked_ = true;
  log_warnings();
}

void FileWatcher::log_warnings() {
  std::vector<std::string> warnings = source_->warnings();
  for (const std::string& warning : warnings) {
    if (std::ranges::find(warnings_, warning) != warnings_.end()) continue;
    log(LogLevel::warn, "not every certificate file is seen at once", {{"what", warning}});
  }
  warnings_ = std::move(warnings);
}

}  // namespace mesh
