// Reads one HTTP/1.1 response out of bytes as they arrive, sans-I/O.
//
// The peer is a stranger: it may send anything, for ever. Memory is bounded by the body limit plus
// limits::http_header_bytes for each of header, chunk header and trailer. Interim answers (1xx) are
// skipped. An answer without a length ends where the connection ends, and is believed only from a
// peer that announced it (HTTP/1.0 or `Connection: close`): of any other, a proxy that was killed
// half-way would look like a proxy whose remaining series are gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "model/failure.h"

namespace mesh {

class HttpAnswer {
 public:
  enum class Progress { more, whole, broken };

  explicit HttpAnswer(std::size_t max_body_bytes);
  ~HttpAnswer();
  HttpAnswer(const HttpAnswer&) = delete;
  HttpAnswer& operator=(const HttpAnswer&) = delete;

  // Where the next bytes are to be put; then arrived() tells how many there are. The first call
  // that does not return `more` is the last one.
  std::span<char> room();
  Progress arrived(std::size_t bytes);
  Progress ended();  // the peer will send no more

  // Whether any byte has come, and how many have, head and framing included.
  bool begun() const;
  std::uint64_t bytes() const;

  // REQUIRES (these three): whole
  int status() const;
  std::string take_body();
  // Whether the connection can carry another question: the peer keeps it open, and sent nothing
  // beyond this answer.
  bool reusable() const;

  // REQUIRES: broken
  const Failure& failure() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mesh
