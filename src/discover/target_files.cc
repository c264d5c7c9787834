// Looks, and what they bring; see target_files.h.
#include "discover/target_files.h"

#include <glob.h>

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "base/regular_file.h"
#include "config/read_target_file.h"

namespace mesh {
namespace {

bool is_glob(const std::string& pattern) {
  return pattern.find_first_of("*?[\\") != std::string::npos;
}

std::vector<std::string> matches(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return paths;
}

}  // namespace

TargetFiles::TargetFiles(boost::asio::any_io_executor executor, const DiscoveryConfig& config,
                         const ConfigContext& context, std::function<void()> on_change,
                         std::chrono::milliseconds pace)
    : patterns_(config.files),
      pace_(pace),
      context_(context),
      on_change_(std::move(on_change)),
      next_look_(std::move(executor)) {
  // Who writes such a file has no business with our environment.
  context_.environment = [](std::string_view) { return std::optional<std::string>(); };
  look();
}

void TargetFiles::start() {
  if (!patterns_.empty()) look_later();
}

void TargetFiles::stop() { next_look_.cancel(); }

void TargetFiles::look_later() {
  next_look_.expires_after(pace_);
  next_look_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    if (look()) on_change_();
    look_later();
  });
}

// Whether anything is otherwise than it was.
bool TargetFiles::look() {
  std::vector<std::string> problems;
  for (const std::string& pattern : patterns_) {
    const std::vector<std::string> paths = matches(pattern);
    // Of a pattern there may be none yet; a file that is named is missed.
    if (paths.empty() && !is_glob(pattern)) problems.push_back(pattern + ": no such file");
    for (const std::string& path : paths) look_at(path, problems);
  }
  std::erase_if(files_, [](const auto& item) { return !item.second.seen; });
  Discovered found;
  for (auto& [path, file] : files_) {
    file.seen = false;
    found.targets.insert(found.targets.end(), file.targets.begin(), file.targets.end());
    problems.insert(problems.end(), file.problems.begin(), file.problems.end());
  }
  const bool changed = found.targets != found_.targets || problems != state_.problems;
  found_ = std::move(found);
  state_.targets = found_.targets.size();
  state_.problems = std::move(problems);
  if (state_.problems.empty()) state_.last_success = std::chrono::system_clock::now();
  return changed;
}

void TargetFiles::look_at(const std::string& path, std::vector<std::string>& problems) {
  if (!files_.contains(path) && files_.size() == limits::target_files) {
    problems.push_back(path + ": not read, there are " + std::to_string(files_.size()) +
                       " files already");
    return;
  }
  File& file = files_[path];
  if (std::exchange(file.seen, true)) return;  // two patterns match it
  const FileLook look = look_at_file(path);
  if (look.kind != FileLook::Kind::regular) {
    file.signature = {};
    file.problems = {path + ": cannot be read: " + (look.error.empty() ? "is gone" : look.error)};
  } else if (look.signature != file.signature) {
    file.signature = look.signature;
    read(path, file);
  }
}

void TargetFiles::read(const std::string& path, File& file) {
  const Result<std::string> text = read_regular_file(path, limits::config_bytes);
  if (!text) {
    file.signature = {};  // to be tried again
    file.problems = {path + ": cannot be read: " + text.error().message};
    return;
  }
  TargetFile content = read_target_file(*text, path, context_);
  file.problems.clear();
  for (Error& problem : content.problems) file.problems.push_back(std::move(problem.message));
  if (content.whole) file.targets = std::move(content.targets);
}

}  // namespace mesh
