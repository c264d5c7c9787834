// Tags and lengths, read by protobuf's own reader; see proto_walk.h.
#include "wire/proto_walk.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <cstdint>
#include <span>

namespace mesh {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

bool walk(std::string_view message, std::span<const int> path,
          const std::function<void(std::string_view)>& each) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(message.data());
  CodedInputStream input(bytes, static_cast<int>(message.size()));
  while (const std::uint32_t tag = input.ReadTag()) {
    const bool is_wanted =
        WireFormatLite::GetTagFieldNumber(tag) == path.front() &&
        WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    if (!is_wanted) {
      if (!WireFormatLite::SkipField(&input, tag)) return false;
      continue;
    }
    std::uint32_t length = 0;
    if (!input.ReadVarint32(&length)) return false;
    const auto at = static_cast<std::size_t>(input.CurrentPosition());
    if (length > message.size() - at) return false;
    const std::string_view element = message.substr(at, length);
    input.Skip(static_cast<int>(length));
    if (path.size() == 1) {
      each(element);
    } else if (!walk(element, path.subspan(1), each)) {
      return false;
    }
  }
  return input.ConsumedEntireMessage();
}

}  // namespace

bool walk_messages(std::string_view message, std::initializer_list<int> path,
                   const std::function<void(std::string_view)>& each) {
  return walk(message, std::span(path.begin(), path.size()), each);
}

}  // namespace mesh
