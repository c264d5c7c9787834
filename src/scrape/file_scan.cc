// A directory is watched before it is listed, and a symlink's way before the file is opened: what
// happens in between is then told by an event.
#include "scrape/file_scan.h"

#include <algorithm>
#include <utility>

#include "base/wipe.h"

namespace mesh {
namespace {

// A file that is being written has been written within this long. Events are gathered for longer,
// so that what is replaced as a whole is read at once.
constexpr std::chrono::milliseconds settling{20};

// A file that is found so again and again is shown as it is.
constexpr int most_put_off = 5;

bool is_being_written(const FileSignature& signature) {
  const auto age = std::chrono::system_clock::now().time_since_epoch() -
                   std::chrono::nanoseconds(signature.modified);
  return age >= age.zero() && age < settling;
}

bool is_directory(const std::string& path) {
  struct stat it {};
  return stat(path.c_str(), &it) == 0 && S_ISDIR(it.st_mode);
}

}  // namespace

FileScan::FileScan(std::vector<CertificateFilePattern> patterns, std::size_t most_directories,
                   OnCertificateFile on_file)
    : paths_(most_directories), on_file_(std::move(on_file)) {
  for (CertificateFilePattern& pattern : patterns) {
    GlobPattern glob(pattern.glob);
    patterns_.push_back({std::move(pattern), std::move(glob), {}, 0});
  }
}

void FileScan::rescan() {
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    check_password(i, false);
    if (patterns_[i].glob.levels() > 0) enter(patterns_[i].glob.top(), {i, 0});
  }
  ++round_;
  if (!files_.empty()) known_after_ = "";
}

bool FileScan::concerns(const std::string& directory, const char* name) const {
  const auto is_match = [&](const GlobPlace& place) {
    return patterns_[place.pattern].glob.matches(place.level, name);
  };
  return paths_.is_passed(directory, name) ||
         std::ranges::any_of(paths_.places_in(directory), is_match);
}

void FileScan::look_at(const std::set<std::string>& entries) {
  std::set<std::string> seen, ahead = entries;
  while (!ahead.empty()) {
    const std::string path = std::move(ahead.extract(ahead.begin()).value());
    if (!seen.insert(path).second) continue;
    const auto [directory, name] = split_path(path);
    for (const std::string& other : paths_.changed(directory, name)) ahead.insert(other);
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
      if (path == patterns_[i].asked.password_file) check_password(i, true);
    }
    check_below(path);
    for (const GlobPlace& place : paths_.places_in(directory)) {
      if (patterns_[place.pattern].glob.matches(place.level, name.c_str())) arrive(path, place);
    }
  }
}

// Of the file of that path, or the files below the directory.
void FileScan::check_below(const std::string& path) {
  const auto file = files_.find(path);
  if (file != files_.end()) checks_.push_back({path, file->second.pattern, true});
  const std::string below = path + '/';
  for (auto it = files_.lower_bound(below); it != files_.end(); ++it) {
    if (!it->first.starts_with(below)) break;
    checks_.push_back({it->first, it->second.pattern, true});
  }
}

void FileScan::check_password(std::size_t index, bool force) {
  Pattern& pattern = patterns_[index];
  if (pattern.asked.password_file.empty()) return;
  paths_.follow(pattern.asked.password_file, true);
  const FileLook look = look_at_file(pattern.asked.password_file);
  const bool is_new = look.signature != std::exchange(pattern.password, look.signature);
  if (!is_new && !force) return;
  for (const auto& [path, file] : files_) {
    if (file.pattern == index) checks_.push_back({path, index, true});
  }
}

bool FileScan::idle() const {
  return !read_ && checks_.empty() && !listing_ && walks_.empty() && !known_after_;
}

bool FileScan::step() {
  if (read_) {
    read_on();
  } else if (!checks_.empty()) {
    const Check next = std::move(checks_.front());
    checks_.pop_front();
    check(next);
  } else if (listing_) {
    walk_on();
  } else if (!walks_.empty()) {
    Walk next = std::move(walks_.front());
    walks_.pop_front();
    begin_walk(std::move(next));
  } else if (known_after_) {
    check_next_known();
  } else {
    return false;
  }
  return true;
}

void FileScan::begin_walk(Walk walk) {
  paths_.look_in(walk.directory, walk.place);
  const std::string_view only = patterns_[walk.place.pattern].glob.only_name(walk.place.level);
  if (!only.empty()) {
    arrive(join_path(walk.directory, only), walk.place);
    return;
  }
  listing_.reset(opendir(walk.directory.empty() ? "." : walk.directory.c_str()));
  walk_ = std::move(walk);
}

void FileScan::walk_on() {
  const dirent* entry = readdir(listing_.get());
  if (!entry) {
    listing_.reset();
  } else if (patterns_[walk_.place.pattern].glob.matches(walk_.place.level, entry->d_name)) {
    arrive(join_path(walk_.directory, entry->d_name), walk_.place);
  }
}

// Something stands where the glob expects a file, or a directory on the way.
void FileScan::arrive(const std::string& entry, GlobPlace place) {
  if (patterns_[place.pattern].glob.is_last(place.level)) {
    checks_.push_back({entry, place.pattern, false});
  } else {
    paths_.follow(entry);
    enter(entry, {place.pattern, place.level + 1});
  }
}

void FileScan::enter(const std::string& directory, GlobPlace place) {
  if (directory.empty() || is_directory(directory)) walks_.push_back({directory, place});
}

// The files that a rescan has not come by, some of which may be gone.
void FileScan::check_next_known() {
  const auto file = files_.upper_bound(*known_after_);
  if (file == files_.end()) {
    known_after_.reset();
    return;
  }
  known_after_ = file->first;
  if (file->second.round != round_) check({file->first, file->second.pattern, false});
}

void FileScan::check(const Check& check) {
  const auto known = files_.find(check.path);
  paths_.follow(check.path);
  const FileLook look = look_at_file(check.path);
  if (look.kind == FileLook::Kind::absent) {
    paths_.unfollow(check.path);
    put_off_.erase(check.path);
    if (known != files_.end()) remove(check.path);
    return;
  }
  Check it = check;
  if (known != files_.end()) {
    it.pattern = std::min<std::size_t>(check.pattern, known->second.pattern);
    known->second.round = round_;
  } else if (files_.size() >= known_files) {
    crowded_ = true;
    return;
  }
  if (look.kind == FileLook::Kind::other) {
    // Permission may come back; what is no file any longer has no certificates.
    const bool is_file = look.error.starts_with("Permission");
    fail(it, is_file ? CertificateFileNews::Kind::failed : CertificateFileNews::Kind::no_file,
         look.error, {});
    return;
  }
  const bool is_same = known != files_.end() && known->second.signature == look.signature &&
                       known->second.pattern == it.pattern;
  if (is_same && !it.force) return;
  if (is_being_written(look.signature) && put_off(check.path)) return;
  begin_read(it);
}

// To be looked at again in a moment, if that has not been said too often.
bool FileScan::put_off(const std::string& path) {
  if (++put_off_[path] > most_put_off) return false;
  unsettled_.insert(path);
  return true;
}

void FileScan::begin_read(const Check& check) {
  reading_ = check;
  std::string password;
  const std::string& password_file = patterns_[check.pattern].asked.password_file;
  if (!password_file.empty()) {
    Result<std::string> text = read_password_file(password_file);
    if (text) password = std::move(*text);
  }
  read_ = std::make_unique<FileRead>(check.path, password);
  wipe(password);
}

void FileScan::read_on() {
  if (read_->read_some() == FileRead::Step::done) end_read();
}

void FileScan::end_read() {
  const std::unique_ptr<FileRead> read = std::move(read_);
  const Check check = std::move(reading_);
  ++reads_;
  if (read->changed_meanwhile() && put_off(check.path)) return;
  const auto known = files_.find(check.path);
  Result<CertificateFile> content = read->finish();
  const bool had_some = known != files_.end() && known->second.has_certificates;
  if (content && read->bytes() == 0 && had_some) content = Error{"is empty"};
  if (!content) {
    std::string why = content.error().message;
    const std::string& password_file = patterns_[check.pattern].asked.password_file;
    if (why.starts_with("PKCS#12") && !password_file.empty()) {
      const Result<std::string> password = read_password_file(password_file);
      if (!password) why = "PKCS#12: " + password.error().message;
    }
    fail(check, CertificateFileNews::Kind::failed, why, read->signature());
    return;
  }
  for (Certificate& certificate : content->certificates) certificate.path = check.path;
  File& file = enter_file(check, read->signature());
  file.has_content = true;
  file.has_certificates = !content->certificates.empty();
  file.error.clear();
  tell({CertificateFileNews::Kind::read, check.path, check.pattern, std::move(*content), ""});
}

void FileScan::fail(const Check& check, CertificateFileNews::Kind kind, const std::string& error,
                    const FileSignature& signature) {
  ++read_errors_;
  const bool keeps = kind == CertificateFileNews::Kind::failed;
  const auto known = files_.find(check.path);
  const bool is_same = known != files_.end() && known->second.error == error &&
                       known->second.pattern == check.pattern &&
                       (keeps || !known->second.has_content);
  File& file = enter_file(check, signature);
  file.has_content = file.has_content && keeps;
  file.has_certificates = file.has_certificates && keeps;
  file.error = error;
  if (!is_same) tell({kind, check.path, check.pattern, {}, error});
}

FileScan::File& FileScan::enter_file(const Check& check, const FileSignature& signature) {
  const auto [it, fresh] = files_.try_emplace(check.path);
  File& file = it->second;
  if (!fresh) --patterns_[file.pattern].files;
  ++patterns_[check.pattern].files;
  file.pattern = static_cast<std::uint32_t>(check.pattern);
  file.signature = signature;
  file.round = round_;
  put_off_.erase(check.path);
  return file;
}

void FileScan::tell(CertificateFileNews news) {
  news_ = true;
  on_file_(std::move(news));
}

void FileScan::remove(const std::string& path) {
  const auto file = files_.find(path);
  --patterns_[file->second.pattern].files;
  files_.erase(file);
  tell({CertificateFileNews::Kind::gone, path, 0, {}, ""});
}

}  // namespace mesh
