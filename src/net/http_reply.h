// The head of our answers, as text: status line, headers, and nothing a caller put into a header
// that could end it early. Pure.
#pragma once

#include <string>

#include "base/clock.h"
#include "net/http_server.h"

namespace mesh {

// What we answer by ourselves: "405 method not allowed" and the like.
WebReply plain_reply(int status);
// The same in these words.
WebReply plain_reply(int status, std::string words);

// Status line and headers, with the empty line that ends them.
std::string reply_head(const WebReply& reply, bool keep_alive, WallTime now);

// 204 and 304 have none, whatever reply.body says (RFC 9110, 6.4.1).
bool may_have_body(int status);

}  // namespace mesh
