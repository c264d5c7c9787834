// Reads HTTP/1.1 requests out of bytes as they arrive, one after the other on one connection,
// sans-I/O. Decides what is for the handler (GET, HEAD, POST and PUT without a body, and any other
// method, which it is to refuse) and what is refused here. Memory is bounded by
// limits::http_header_bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "net/http_server.h"

namespace mesh {

struct HttpQuestion {
  WebRequest web;
  int refusal = 0;          // not for the handler: answer with this status (400, 405, 413, 431)
  bool keep_alive = false;  // the connection may carry another request after the answer
};

class HttpQuestionReader {
 public:
  HttpQuestionReader();
  ~HttpQuestionReader();
  HttpQuestionReader(const HttpQuestionReader&) = delete;
  HttpQuestionReader& operator=(const HttpQuestionReader&) = delete;

  // Takes the next request from what has arrived; false if it is not all there yet. After a
  // question that is not keep_alive it must not be called again.
  bool next(HttpQuestion& question);

  // Where the next bytes are to be put, and how many were.
  std::span<char> room();
  void arrived(std::size_t bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mesh
