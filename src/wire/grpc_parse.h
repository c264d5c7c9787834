// Bytes into one of the messages that src/wire/proto describes.
#pragma once

#include <google/protobuf/message_lite.h>

#include <string_view>

namespace mesh {

// False for what is no such message; then `message` may hold a part of it.
inline bool parse_message(std::string_view bytes, google::protobuf::MessageLite& message) {
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace mesh
