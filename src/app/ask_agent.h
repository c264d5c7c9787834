// One question to a running agent, for the commands.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/shared_flags.h"

namespace mesh {

// The body of what the agent answers to GET `path`, in whole lines that steer no terminal. The
// error says who did not answer and why, or what is wrong with the file that tells how to ask; and
// what may help. `instead` is that where no agent is there: "; name another one with --agent".
Result<std::string> ask_agent(const AgentFlags& agent, const std::string& path,
                              std::string_view instead);

// What is to be said of an answer that came from there and is no agent's.
Error not_an_agent(const AgentFlags& agent, std::string_view instead);

}  // namespace mesh
