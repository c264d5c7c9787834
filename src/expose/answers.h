// What each page answers, in the form that was asked for: as HTML to browsers, as text to people
// at a terminal, as JSON below /api/v1 to programs. Pure; routes.h carries it.
#pragma once

#include <string>
#include <string_view>

#include "expose/page.h"

namespace mesh {

struct PageQuestion {
  std::string_view path, query, accept;
};

struct PageAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  bool by_accept = false;    // whether another Accept may get another form
  bool for_browser = false;  // HTML, which goes with a policy
};

// Whether there is a page, or an answer of the API, of this path. Not the metrics.
bool is_page_path(std::string_view path);

// Whether the metrics cannot be at this path, since something else is: a page, an answer of the
// API, health, probes. "/" is not asked.
bool is_taken_path(std::string_view path);

// REQUIRES: is_page_path(question.path)
PageAnswer answer_page(const PageQuestion& question, const Page& page);

// "/certificates, /diagnosis, …": which there are, for who asks for another.
std::string page_names();

}  // namespace mesh
