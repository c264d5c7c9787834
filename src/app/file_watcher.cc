// From what files hold to histories of their certificates; see file_watcher.h.
#include "app/file_watcher.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "compute/certificate_book.h"
#include "compute/shown_places.h"

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

void log_warnings(const std::vector<std::string>& now, const std::vector<std::string>& before) {
  for (const std::string& warning : now) {
    if (std::ranges::find(before, warning) != before.end()) continue;
    log(LogLevel::warn, "not every certificate file is seen at once", {{"what", warning}});
  }
}

bool is_remarkable(const WatchedFile& file) {
  return !file.error.empty() || file.unreadable > 0 || !file.certificates ||
         file.certificates->known.empty() || file.certificates->left_out > 0;
}

}  // namespace

// One file: the history of what is in it, and what else is to be said of it.
struct FileWatcher::Known {
  Known(const std::string& path, CertificateRules rules)
      : book(CertificateSource::file, path, std::move(rules)) {}

  std::shared_ptr<const CertificatePlace> place() const {
    return has_content ? book.place() : nullptr;
  }

  CertificateBook book;
  bool has_content = false;
  std::shared_ptr<const WatchedFile> remarkable;  // null where nothing is
};

FileWatcher::FileWatcher(boost::asio::any_io_executor executor, const CertificatesConfig& config) {
  std::vector<CertificateFilePattern> patterns = patterns_of(config);
  for (const CertificateFilesConfig& files : config.files) {
    rules_.insert(rules_.end(), files.paths.size(), {files.issuer, files.rotation_point});
  }
  if (patterns.empty()) return;
  all_looked_ = false;
  source_.emplace(
      std::move(executor), std::move(patterns),
      [this](CertificateFileNews news) { take(std::move(news)); }, [this] { changed(); });
}

FileWatcher::~FileWatcher() { stop(); }

void FileWatcher::start() {
  if (source_) source_->start();
}

void FileWatcher::stop() {
  if (source_) source_->stop();
}

void FileWatcher::take(CertificateFileNews news) {
  using Kind = CertificateFileNews::Kind;
  if (news.kind == Kind::gone) {
    known_.erase(news.path);
    return;
  }
  Known& known = known_.try_emplace(news.path, news.path, rules_.at(news.pattern)).first->second;
  // The history is about what is in the file: a look that failed is none.
  if (news.kind == Kind::read) {
    known.book.enter({{std::move(news.content.certificates)}}, std::chrono::system_clock::now());
  }
  if (news.kind != Kind::failed) known.has_content = news.kind == Kind::read;

  WatchedFile file{std::move(news.path), std::move(news.error), news.content.unreadable,
                   std::move(news.content.unreadable_sample), known.place()};
  log_file(file, known.remarkable.get());
  known.remarkable =
      is_remarkable(file) ? std::make_shared<const WatchedFile>(std::move(file)) : nullptr;
}

void FileWatcher::changed() {
  auto files = std::make_shared<WatchedFiles>();
  files->files = known_.size();
  files->warnings = source_->warnings();
  std::vector<std::shared_ptr<const CertificatePlace>> places;
  for (const auto& [path, known] : known_) {
    if (known.has_content) places.push_back(known.book.place());
    if (!known.remarkable) continue;
    const bool failed = !known.remarkable->error.empty();
    files->kept += failed && known.has_content ? 1 : 0;
    files->unreadable += failed ? !known.has_content : known.remarkable->unreadable > 0;
    files->remarkable.push_back(known.remarkable);
  }
  shown_ = std::make_shared<const ShownPlaces>(
      show_places(std::move(places), limits::file_certificates_shown));
  log_warnings(files->warnings, files_->warnings);
  files_ = std::move(files);
  all_looked_ = true;
}

}  // namespace mesh
