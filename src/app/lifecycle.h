// What may be asked of the running program from outside, as Prometheus has it: POST or PUT to
// /-/reload and /-/quit, where --web.enable-lifecycle allows it. Whoever reaches the page could end
// the program otherwise. Pages of other sites are refused: a browser sends what they ask for from
// where its user is, who may reach us where they cannot.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "net/http_server.h"

namespace mesh {

struct Lifecycle {
  bool enabled = false;
  std::function<std::string()> reload;  // "" or what is wrong
  std::function<void(const WebRequest& request)> quit;
};

// Nothing if it is no request of this kind: a GET or HEAD of anything else.
std::optional<WebReply> answer_lifecycle(const WebRequest& request, const Lifecycle& lifecycle);

}  // namespace mesh
