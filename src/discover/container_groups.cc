// Walks in slices, and when to make one; see container_groups.h.
#include "discover/container_groups.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "wire/container_cgroup.h"

namespace mesh {
namespace {

constexpr std::size_t slice = 100;  // directories, some two milliseconds

std::string bare(const std::string& id) {
  const std::size_t scheme = id.find("://");
  return scheme == std::string::npos ? id : id.substr(scheme + 3);
}

bool is_of_a_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// The words of the last component: "cri-containerd-3f1c….scope" has four.
template <class Visit>
void each_word(std::string_view path, Visit visit) {
  std::string_view rest = path.substr(path.rfind('/') + 1);
  while (!rest.empty()) {
    const auto end = std::ranges::find_if_not(rest, is_of_a_word);
    const auto size = static_cast<std::size_t>(end - rest.begin());
    if (size > 0) visit(rest.substr(0, size));
    rest.remove_prefix(std::min(size + 1, rest.size()));
  }
}

}  // namespace

ContainerGroups::ContainerGroups(boost::asio::any_io_executor executor, std::string root,
                                 std::function<void()> on_found,
                                 std::chrono::milliseconds again_after)
    : root_(std::move(root)),
      on_found_(std::move(on_found)),
      again_after_(again_after),
      next_(std::move(executor)) {}

void ContainerGroups::stop() { next_.cancel(); }

std::string ContainerGroups::of(const std::string& container_id) const {
  const auto found = known_.find(container_id);
  return found == known_.end() ? std::string() : found->second;
}

bool ContainerGroups::in_vain(const std::string& container_id) const {
  const auto found = sought_.find(bare(container_id));
  return found != sought_.end() && found->second.in_vain;
}

void ContainerGroups::look_for(const std::vector<ContainerName>& containers) {
  std::map<std::string, std::string> known;
  std::map<std::string, Sought, std::less<>> sought;
  bool any_new = false;
  for (const ContainerName& one : containers) {
    if (one.id.empty()) continue;
    const std::string id = bare(one.id);
    if (const auto group = known_.find(one.id); group != known_.end()) {
      known.insert(*group);
    } else if (const auto before = sought_.find(id); before != sought_.end()) {
      sought.insert(*before);
    } else {
      sought.emplace(id, Sought{one});
      any_new = true;
    }
  }
  known_ = std::move(known);
  sought_ = std::move(sought);
  // One that is under way is followed by another for who came too late for it.
  if (any_new && !walk_) begin();
}

void ContainerGroups::begin() {
  walk_ = std::make_unique<CgroupWalk>(root_);
  walked_for_.clear();
  for (const auto& [id, one] : sought_) walked_for_.insert(id);
  go_on_in(std::chrono::milliseconds(0));
}

void ContainerGroups::go_on_in(std::chrono::milliseconds time) {
  next_.expires_after(time);
  next_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) go_on();
  });
}

void ContainerGroups::go_on() {
  if (!walk_) return begin();
  const auto look = [this](const std::string& path) { recognise(path); };
  if (!sought_.empty() && walk_->go_on(slice, look)) return go_on_in(std::chrono::milliseconds(0));
  walk_.reset();
  bool any_news = std::exchange(found_any_, false);
  bool any_new = false;
  for (auto& [id, one] : sought_) {
    if (walked_for_.contains(id)) any_news |= !std::exchange(one.in_vain, true);
    any_new = any_new || !one.in_vain;
  }
  if (any_new) {
    begin();
  } else if (!sought_.empty()) {
    go_on_in(again_after_);
  }
  if (any_news) on_found_();
}

void ContainerGroups::recognise(const std::string& path) {
  each_word(path, [&](std::string_view word) {
    const auto one = sought_.find(word);
    if (one == sought_.end()) return;
    const ContainerName& name = one->second.name;
    auto group = container_cgroup(std::array{path}, name.pod_uid, name.id);
    if (!group) return;
    known_.emplace(name.id, std::move(*group));
    found_any_ = true;
    sought_.erase(one);
  });
}

}  // namespace mesh
