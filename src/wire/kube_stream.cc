// Brackets and quotes, across chunks; see kube_stream.h.
#include "wire/kube_stream.h"

#include <algorithm>

#include "base/limits.h"

namespace mesh {
namespace {

constexpr std::string_view blanks = " \t\r\n";

// Of a text that begins within a string: how many bytes belong to it, its closing quote included.
std::size_t pass_string(std::string_view text, bool& in_string, bool& escaped) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (escaped) {
      escaped = false;
      ++at;
      continue;
    }
    // By hand: find_first_of() calls memchr() for every byte.
    while (at < text.size() && text[at] != '"' && text[at] != '\\') ++at;
    if (at == text.size()) break;
    if (text[at++] == '"') {
      in_string = false;
      break;
    }
    escaped = true;
  }
  return at;
}

}  // namespace

void ObjectCutter::keep(std::string_view bytes) {
  if (passing_over_) return;
  passing_over_ = held_.size() + bytes.size() > max_bytes_;
  if (!passing_over_) {
    held_ += bytes;
    return;
  }
  ++too_long_;
  held_ = WipedText();  // gives back its memory
}

std::size_t ObjectCutter::feed(std::string_view chunk, const EachObject& each) {
  std::size_t begin = 0;  // of what of the object is in this chunk
  for (std::size_t at = 0; at < chunk.size();) {
    if (in_string_) {
      at += pass_string(chunk.substr(at), in_string_, escaped_);
      continue;
    }
    const char c = chunk[at];
    if (depth_ == 0) {
      if (c != '{') {
        if (c != ',' && blanks.find(c) == std::string_view::npos) return at;
        ++at;
        continue;
      }
      begin = at;
    }
    ++at;
    in_string_ = c == '"';
    if (c == '{' || c == '[') ++depth_;
    if ((c != '}' && c != ']') || --depth_ > 0) continue;
    const std::string_view part = chunk.substr(begin, at - begin);
    if (held_.empty() && !passing_over_ && part.size() <= max_bytes_) {
      each(part);
    } else {
      keep(part);
      if (!passing_over_) each(held_);
    }
    passing_over_ = false;
    forget(held_);
  }
  if (depth_ > 0) keep(chunk.substr(begin));
  return chunk.size();
}

// Whether the frame so far ends with the key of the items and its colon.
bool ListCutter::items_begin() const {
  if (depth_ != 1) return false;
  std::string_view text = frame_;
  const auto drop_blanks = [&] { text = text.substr(0, text.find_last_not_of(blanks) + 1); };
  drop_blanks();
  if (!text.ends_with(':')) return false;
  text.remove_suffix(1);
  drop_blanks();
  constexpr std::string_view key = "\"items\"";
  if (!text.ends_with(key)) return false;
  return !text.substr(0, text.size() - key.size()).ends_with('\\');
}

void ListCutter::feed(std::string_view chunk, const EachObject& each) {
  const auto add_to_frame = [&](std::string_view bytes) {
    const std::size_t room = limits::list_frame_bytes - frame_.size();
    frame_ += bytes.substr(0, room);
  };
  while (!chunk.empty()) {
    if (in_items_) {
      chunk.remove_prefix(items_.feed(chunk, each));
      if (chunk.empty()) return;
      in_items_ = false;  // at the closing bracket, or at what should have been one
    }
    std::size_t bytes = 1;
    if (in_string_) {
      bytes = pass_string(chunk, in_string_, escaped_);
    } else {
      const char c = chunk.front();
      in_string_ = c == '"';
      in_items_ = c == '[' && items_begin();
      if (c == '{' || c == '[') ++depth_;
      if ((c == '}' || c == ']') && depth_ > 0) --depth_;
    }
    add_to_frame(chunk.substr(0, bytes));
    chunk.remove_prefix(bytes);
  }
}

}  // namespace mesh
