// The repeated messages within a protobuf message, one by one and without a copy. A parser that
// makes an object of each would need fifty bytes for every two of an answer that is nothing but
// empty elements; who walks decides what to keep.
#pragma once

#include <functional>
#include <initializer_list>
#include <string_view>

namespace mesh {

// Calls `each` with the bytes of every element at the end of `path`, field numbers from the outside
// in: {6, 1} are the fields 1 within the fields 6. In the order of the message; of each field all
// occurrences, whatever lies between them. False for what is no protobuf message, or is cut short:
// then some elements may have been told. Never throws but what `each` throws.
bool walk_messages(std::string_view message, std::initializer_list<int> path,
                   const std::function<void(std::string_view)>& each);

}  // namespace mesh
