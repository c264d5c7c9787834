// What is kept of the objects that a watch hears of: those of the last whole list and what was
// heard since, and beside them the list in progress. KubeWatch (kube_watch.h) says what to do with
// each text; here it is read and has its place.
//
// Bounded by the kind's `most`; what has no room is not kept and told as such. Not thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "discover/kube_kind.h"
#include "wire/kube_object.h"

namespace mesh {

// What an event says, whatever it is about.
struct HeardEvent {
  KubeChange change = KubeChange::bookmark;
  std::string resource_version;
  KubeStatus status;
  bool changed = false;   // what is known is something else now
  bool left_out = false;  // there was no room for its object
};

class KubeKept {
 public:
  virtual ~KubeKept() = default;

  // A list: it begins, its items come, and it takes the place of what was known, or begins anew.
  virtual void begin_list() = 0;
  // False: there was no room for it. An error: it cannot be read.
  virtual Result<bool> list_item(std::string_view json) = 0;
  virtual void list_is_whole() = 0;

  // Reads an event and follows it.
  virtual Result<HeardEvent> hear_event(std::string_view json) = 0;
};

template <class Object>
class KubeObjects : public KubeKept {
 public:
  // By key_of(). An object that has not changed stays the same one.
  using Known = std::map<std::string, std::shared_ptr<const Object>>;

  explicit KubeObjects(std::size_t most) : most_(most) {}

  const Known& known() const { return known_.objects; }

  void begin_list() override { listed_ = {}; }

  Result<bool> list_item(std::string_view json) override {
    Result<Object> object = reader_.read(json);
    if (!object) return object.error();
    return put(listed_, std::move(*object));
  }

  void list_is_whole() override {
    for (auto& [key, object] : listed_.objects) {
      const auto before = known_.objects.find(key);
      if (before != known_.objects.end() && *before->second == *object) object = before->second;
    }
    known_ = std::exchange(listed_, {});
  }

  Result<HeardEvent> hear_event(std::string_view json) override {
    Result<KubeEvent<Object>> event = reader_.read_event(json);
    if (!event) return event.error();
    HeardEvent heard{event->change, std::move(event->resource_version), std::move(event->status)};
    if (heard.change == KubeChange::bookmark || heard.change == KubeChange::error) return heard;
    const Object& object = event->object;
    if (heard.change == KubeChange::deleted || weight_of(object) == 0) {
      heard.changed = take_out(known_, key_of(object));
    } else if (!is_known(object)) {
      heard.changed = true;
      heard.left_out = !put(known_, std::move(event->object));
    }
    return heard;
  }

 private:
  struct Set {
    Known objects;
    std::size_t weight = 0;
  };

  // Much of what is heard is about fields that are not kept.
  bool is_known(const Object& object) const {
    const auto found = known_.objects.find(key_of(object));
    return found != known_.objects.end() && *found->second == object;
  }

  // False if there was none.
  static bool take_out(Set& from, const std::string& key) {
    const auto found = from.objects.find(key);
    if (found == from.objects.end()) return false;
    from.weight -= weight_of(*found->second);
    from.objects.erase(found);
    return true;
  }

  // False if there is no room: then what it was before is not true any more either.
  bool put(Set& to, Object object) {
    std::string key = key_of(object);
    take_out(to, key);
    const std::size_t weight = weight_of(object);
    if (weight == 0) return true;
    if (to.weight + weight > most_) return false;
    to.weight += weight;
    to.objects.emplace(std::move(key), std::make_shared<const Object>(std::move(object)));
    return true;
  }

  std::size_t most_;
  KubeReader<Object> reader_;
  Set known_, listed_;
};

}  // namespace mesh
