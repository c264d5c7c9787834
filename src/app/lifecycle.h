// What may be asked of the running program from outside, as Prometheus has it: POST or PUT to
// /-/reload and /-/quit, where --web.enable-lifecycle allows it. Whoever reaches the page could end
// the program otherwise.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "net/http_server.h"

namespace mesh {

struct Lifecycle {
  bool enabled = false;
  std::function<std::string()> reload;  // "" or what is wrong
  std::function<void()> quit;
};

// Nothing if it is no request of this kind: a GET or HEAD of anything else.
std::optional<WebReply> answer_lifecycle(const WebRequest& request, const Lifecycle& lifecycle);

}  // namespace mesh
