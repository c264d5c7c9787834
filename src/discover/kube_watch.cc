// List, watch, and what may go wrong between; see kube_watch.h.
#include "discover/kube_watch.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "base/url_encoding.h"
#include "wire/kube_status.h"

namespace mesh {
namespace {

constexpr std::string_view page_size = "500";
constexpr Duration list_time = std::chrono::seconds(30);
constexpr Duration first_back_off = std::chrono::seconds(1),
                   longest_back_off = std::chrono::seconds(30);
// A server may end a watch sooner and never ends it much later. It is renewed that often because a
// connection whose other end has silently gone is found out by nothing else.
constexpr std::chrono::seconds watch_time{240};
constexpr Duration watch_grace = std::chrono::seconds(15);
// A watch that ends sooner without having brought anything is no good one, however it ended.
constexpr Duration least_watch = std::chrono::seconds(1);
constexpr std::size_t refusal_bytes = 16 * 1024;

}  // namespace

KubeWatch::KubeWatch(Scope scope, std::shared_ptr<KubeKept> kept, std::uint64_t seed)
    : scope_(std::move(scope)),
      kept_(std::move(kept)),
      random_(static_cast<std::minstd_rand::result_type>(seed)) {}

KubeWatch::Step KubeWatch::next() {
  if (must_wait_) {
    must_wait_ = false;
    return Wait{jittered(back_off_)};
  }
  status_ = 0;
  refusal_.clear();
  list_.reset();
  events_.reset();
  return watching_ ? watch_next() : list_next();
}

// With the beginning of a query.
std::string KubeWatch::path() const {
  std::string path(scope_.kind.api);
  if (!scope_.ns.empty()) path += "namespaces/" + percent_encode(scope_.ns) + "/";
  path.append(scope_.kind.resource).append("?");
  if (!scope_.fields.empty()) path += "fieldSelector=" + percent_encode(scope_.fields) + "&";
  if (!scope_.selector.empty()) path += "labelSelector=" + percent_encode(scope_.selector) + "&";
  return path;
}

KubeWatch::Step KubeWatch::list_next() {
  std::string question = path();
  question.append("limit=").append(page_size);
  if (!continue_.empty()) {
    question += "&continue=" + percent_encode(continue_);
  } else {
    kept_->begin_list();
    unlisted_ = {};
    if (from_memory_) question += "&resourceVersion=0";
  }
  list_.emplace(limits::kube_object_bytes);
  return Ask{std::move(question), list_time};
}

KubeWatch::Step KubeWatch::watch_next() {
  const auto time = std::chrono::duration_cast<std::chrono::seconds>(jittered(watch_time));
  std::string question = path();
  question.append("watch=1&allowWatchBookmarks=true&resourceVersion=");
  question.append(percent_encode(version_));
  question.append("&timeoutSeconds=").append(std::to_string(time.count()));
  events_.emplace(limits::kube_object_bytes);
  over_ = heard_ = false;
  return Ask{std::move(question), time + watch_grace};
}

void KubeWatch::answered(int status) {
  status_ = status;
  if (watching_ && status_ == 200) trouble_.clear();
}

bool KubeWatch::arrived(std::string_view bytes) {
  if (status_ != 200) {
    refusal_ += bytes.substr(0, refusal_bytes - refusal_.size());
    return refusal_.size() < refusal_bytes;
  }
  if (!watching_) {
    list_->feed(bytes, [this](std::string_view item) { hear_item(item); });
    return true;
  }
  const std::size_t used =
      events_->feed(bytes, [this](std::string_view event) { hear_event(event); });
  if (used < bytes.size() && !over_) {
    const std::string sample = printable_sample(bytes.substr(used));
    missing_.add_unreadable("watch: " + (scope_.kind.secret ? "no event" : sample));
    over_ = true;
  }
  return !over_;
}

void KubeWatch::Missing::add_unreadable(std::string_view what) {
  if (unreadable++ == 0) sample = what;
}

std::vector<std::string> KubeWatch::problems() const {
  std::vector<std::string> problems;
  if (!trouble_.empty()) problems.push_back(trouble_);
  if (missing_.unreadable > 0) {
    problems.emplace_back(scope_.kind.one).append(" cannot be read: ").append(missing_.sample);
  }
  if (missing_.left_out > 0) {
    std::string words = "more than ";
    words.append(std::to_string(scope_.kind.most)).append(" ").append(scope_.kind.most_of);
    problems.push_back(words.append(": the others are left out"));
  }
  return problems;
}

void KubeWatch::hear_item(std::string_view json) {
  const Result<bool> taken = kept_->list_item(json);
  if (!taken) {
    unlisted_.add_unreadable("list: " + taken.error().message);
  } else if (!*taken) {
    ++unlisted_.left_out;
  }
}

void KubeWatch::hear_event(std::string_view json) {
  if (over_) return;
  Result<HeardEvent> event = kept_->hear_event(json);
  if (!event) {
    // What it said is not known, so nothing that follows can be believed but a new list.
    missing_.add_unreadable("watch: " + event.error().message);
    over_ = true;
    begin_anew();
    return failed(cannot("watch") + event.error().message);
  }
  if (event->change == KubeChange::error) {
    over_ = true;
    const bool expired = event->status.code == 410;
    begin_anew();
    if (expired) return;
    return failed(cannot("watch") + event->status.message);
  }
  heard_ = true;
  all_is_well();
  version_ = std::move(event->resource_version);
  generation_ += event->changed ? 1 : 0;
  missing_.left_out += event->left_out ? 1 : 0;
}

void KubeWatch::begin_anew() {
  watching_ = from_memory_ = false;
  continue_.clear();
  if (anew_before_) {
    failed(cannot("watch") + "the server forgets a version as soon as it tells it");
  }
  anew_before_ = true;
}

// The server is there and its answers are good.
void KubeWatch::all_is_well() {
  back_off_ = {};
  anew_before_ = false;
}

// "cannot list pods: "
std::string KubeWatch::cannot(std::string_view verb) const {
  std::string words = "cannot ";
  return words.append(verb).append(" ").append(scope_.kind.resource).append(": ");
}

void KubeWatch::failed(std::string words) {
  trouble_ = std::move(words);
  back_off_ = back_off_ == Duration{} ? first_back_off : std::min(back_off_ * 2, longest_back_off);
  must_wait_ = true;
}

// The answer was no 200.
void KubeWatch::refused() {
  const KubeStatus status = parse_kube_status(refusal_);
  if (status_ == 410) return begin_anew();
  const std::string verb = watching_ ? "watch" : "list";
  // Without a watch, lists from time to time are better than nothing.
  watching_ = false;
  continue_.clear();
  std::string words = cannot(verb) + "HTTP status " + std::to_string(status_);
  if (!status.message.empty()) words += ": " + status.message;
  if (status_ == 401) words += "; the token is not accepted";
  if (status_ == 403) {
    words.append("; grant the verb \"").append(verb).append("\" on \"");
    words.append(scope_.kind.resource).append("\"");
    if (scope_.ns.empty()) words += " in a ClusterRole";
  }
  failed(std::move(words));
}

void KubeWatch::ended(Duration lasted, const std::optional<Failure>& failure) {
  if (status_ != 0 && status_ != 200) return refused();
  if (watching_) return watch_ended(lasted, failure);
  if (!over_) list_ended(failure);
  over_ = false;
}

void KubeWatch::list_ended(const std::optional<Failure>& failure) {
  if (failure) return failed(cannot("list") + failure->message);
  if (list_->too_long() > 0) unlisted_.add_unreadable("list: one that is too long");
  auto frame = parse_kube_list_frame(list_->frame());
  if (!frame) return failed(cannot("list") + frame.error().message);
  const std::string list(scope_.kind.list);
  if (frame->kind != list) return failed(cannot("list") + "no " + list + " but " + frame->kind);
  continue_ = std::move(frame->continue_token);
  if (!continue_.empty()) return;
  version_ = std::move(frame->resource_version);
  kept_->list_is_whole();
  missing_ = std::exchange(unlisted_, {});
  ++generation_;
  complete_ = watching_ = from_memory_ = true;
}

void KubeWatch::watch_ended(Duration lasted, const std::optional<Failure>& failure) {
  if (over_) return failed(cannot("watch") + "it brought something else than events");
  if (events_->too_long() > 0) {
    missing_.add_unreadable("watch: an event that is too long");
    return begin_anew();
  }
  const bool timed_out = failure && failure->reason == Reason::timeout && status_ == 200;
  if (failure && !timed_out) return failed(cannot("watch") + failure->message);
  if (!heard_ && lasted < least_watch) return failed(cannot("watch") + "it ended at once");
  all_is_well();
}

Duration KubeWatch::jittered(Duration time) {
  return Duration(static_cast<Duration::rep>(std::uniform_real_distribution<>(0.5, 1.5)(random_) *
                                             static_cast<double>(time.count())));
}

}  // namespace mesh
