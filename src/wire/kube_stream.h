// Answers of an API server cut into objects while they arrive: a watch, which is one event after
// another for as long as it lives, and a list, whose items are handed on one by one so that the
// page is never held. Brackets and quotes are counted and nothing is understood; whether an object
// is JSON is for whoever reads it. Chunks may be cut anywhere. What is held of an object meanwhile
// is overwritten when it was handed on, for Secrets come this way, too.
//
// Never throws, never logs, does no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/wipe.h"

namespace mesh {

// The text of one object, borrowed for the call.
using EachObject = std::function<void(std::string_view object)>;

// Objects one after another, with nothing but blanks and commas between.
class ObjectCutter {
 public:
  explicit ObjectCutter(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Gives how many bytes were used up: all of them, or those before the first byte between objects
  // that is neither blank nor comma and begins no object.
  std::size_t feed(std::string_view chunk, const EachObject& each);

  bool within_object() const { return depth_ > 0; }
  std::uint64_t too_long() const { return too_long_; }  // objects passed over

 private:
  void keep(std::string_view bytes);

  std::size_t max_bytes_;
  WipedText held_;  // of an object that began in an earlier chunk
  std::size_t depth_ = 0;
  bool in_string_ = false, escaped_ = false;
  bool passing_over_ = false;
  std::uint64_t too_long_ = 0;
};

// One list: {"kind": …, "metadata": …, "items": [{…}, {…}]}, its fields in any order. What is no
// list, such as a Status, is all frame.
class ListCutter {
 public:
  // Items beyond max_item_bytes are passed over and counted.
  explicit ListCutter(std::size_t max_item_bytes) : items_(max_item_bytes) {}

  void feed(std::string_view chunk, const EachObject& each);

  std::uint64_t too_long() const { return items_.too_long(); }
  // The list without its items, for wire/kube_status.h; what is beyond limits::list_frame_bytes is
  // left out, so that it is no JSON any more.
  const std::string& frame() const { return frame_; }

 private:
  bool items_begin() const;

  ObjectCutter items_;
  std::string frame_;
  std::size_t depth_ = 0;
  bool in_string_ = false, escaped_ = false;
  bool in_items_ = false;
};

}  // namespace mesh
