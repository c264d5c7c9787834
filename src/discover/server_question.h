// A question to a server that wants to know who asks, with the proof: one of Kubernetes, or an
// agent.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "model/server_access.h"
#include "net/http_stream.h"

namespace mesh {

// With what the files of `access` say now: tokens are renewed within the hour, roots may be. An
// error names the file that cannot be read.
Result<StreamQuestion> question_to(const ServerAccess& access, std::string path, Instant deadline);

}  // namespace mesh
