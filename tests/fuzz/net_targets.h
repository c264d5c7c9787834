// The fuzz targets of src/net, as those of targets.h: what a proxy sends us, and what a client
// does.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "fuzz/promise.h"
#include "net/http_answer.h"
#include "net/http_question.h"

namespace mesh::fuzz {

// What came of an answer: "200 body", or "" for none.
inline std::string answer_in_pieces(std::string_view input, std::size_t piece) {
  constexpr std::size_t max_body = 300;
  using Progress = HttpAnswer::Progress;
  HttpAnswer answer(max_body);
  Progress progress = Progress::more;
  std::size_t given = 0;
  while (progress == Progress::more && given < input.size()) {
    const std::span<char> room = answer.room();
    promise(!room.empty(), "there is room");
    const std::size_t bytes = std::min({piece, room.size(), input.size() - given});
    std::copy_n(input.data() + given, bytes, room.data());
    given += bytes;
    progress = answer.arrived(bytes);
    promise(answer.begun() && answer.bytes() == given, "bytes are counted");
  }
  if (progress == Progress::more) progress = answer.ended();
  promise(progress != Progress::more, "the end is the end");
  if (progress == Progress::broken) {
    const std::string& words = answer.failure().message;
    promise(!words.empty() && words.size() < 300, "a failure has words, and not too many");
    for (const unsigned char c : words) promise(c >= 0x20 && c != 0x7F, "the words are one line");
    return "";
  }
  promise(answer.status() >= 0 && answer.status() <= 999, "a status has three digits");
  answer.reusable();
  const int status = answer.status();
  const std::string body = answer.take_body();
  promise(body.size() <= max_body, "a body is bounded");
  return std::to_string(status) + " " + body;
}

inline void http_answer(std::string_view input) {
  const std::string whole = answer_in_pieces(input, input.size());
  for (const std::size_t piece : {1, 7}) {
    promise(answer_in_pieces(input, piece) == whole, "pieces do not show in the answer");
  }
}

// The questions for the handler, one a line. What is refused is left out: nonsense is seen through
// sooner or later, as it comes in pieces.
inline std::string questions_in_pieces(std::string_view input, std::size_t piece) {
  HttpQuestionReader reader;
  HttpQuestion question;
  std::string seen;
  for (std::size_t given = 0; given < input.size();) {
    const std::span<char> room = reader.room();
    promise(!room.empty(), "there is room");
    const std::size_t bytes = std::min({piece, room.size(), input.size() - given});
    std::copy_n(input.data() + given, bytes, room.data());
    given += bytes;
    reader.arrived(bytes);
    while (reader.next(question)) {
      const WebRequest& web = question.web;
      if (question.refusal == 0) {
        promise(!web.method.empty(), "a method has a name");
        promise(web.path.starts_with('/'), "a path begins with its slash");
        promise(web.path.find('?') == std::string::npos, "a path has no query");
        seen += web.method + ' ' + web.path + '?' + web.query + ' ' + web.accept + ' ' +
                web.accept_encoding + '\n';
      } else {
        constexpr std::array refusals{400, 405, 413, 431};
        promise(std::ranges::count(refusals, question.refusal) == 1, "a refusal is one of four");
      }
      if (!question.keep_alive) return seen;
    }
  }
  return seen;
}

inline void http_question(std::string_view input) {
  const std::string whole = questions_in_pieces(input, input.size());
  for (const std::size_t piece : {1, 7}) {
    promise(questions_in_pieces(input, piece) == whole, "pieces do not show in the questions");
  }
}

inline constexpr std::array<Target, 2> net_targets{{
    {"http_answer", http_answer},
    {"http_question", http_question},
}};

}  // namespace mesh::fuzz
