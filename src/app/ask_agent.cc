// An HTTP client for a single question; see ask_agent.h.
#include "app/ask_agent.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "base/rethrow.h"
#include "base/text.h"
#include "base/utf8.h"
#include "config/load_http_access.h"
#include "discover/server_question.h"
#include "net/http_stream.h"

namespace mesh {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds patience{10};
constexpr std::size_t most_bytes = 64u << 20;

// What was said, or why nothing was.
struct Heard {
  int status = 0;
  std::string body;
  std::optional<Failure> failure;
};

asio::awaitable<void> get(HttpStream& stream, StreamQuestion question, Heard& heard) {
  StreamListener listener;
  listener.head = [&heard](int status) { heard.status = status; };
  listener.piece = [&heard](std::string_view piece) {
    heard.body += piece;
    return heard.body.size() <= most_bytes;
  };
  std::optional<Failure> failure = co_await stream.get(std::move(question), std::move(listener));
  heard.failure = std::move(failure);
  if (heard.body.size() > most_bytes)
    heard.failure = Failure{Reason::too_large, "answer too large"};
}

Result<ServerAccess> access_to(const AgentFlags& agent) {
  ServerAccess access;
  access.tls = false;
  if (!agent.http_config_file.empty()) {
    Result<ServerAccess, ConfigErrors> read = load_http_access(agent.http_config_file);
    if (!read) return read.error().front();
    access = std::move(*read);
  }
  access.address = agent.address;
  access.tls = agent.tls.value_or(access.tls);
  if (agent.address.is_unix() && access.server_name.empty()) access.server_name = "localhost";
  return access;
}

// What somebody may have forgotten who gets this status.
std::string_view hint(int status) {
  switch (status) {
    case 400: return "; if it speaks HTTPS, say so: --agent=https://HOST:PORT";
    case 401: return "; it wants a user and a password, see --http.config.file";
    default: return "; is it a mesh_exporter of this version?";
  }
}

// The same of who does not answer.
std::string_view hint(Reason reason, std::string_view instead) {
  switch (reason) {
    case Reason::connect:
    case Reason::timeout: return instead;
    case Reason::tls:
      return "; whom to trust and what to show is said by tls_config in --http.config.file";
    default: return "";
  }
}

// Who answers at that address need not be an agent.
std::string fit_for_terminal(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    lines.append(shown_on_one_line(take_piece(text, '\n'))).append("\n");
  }
  return lines;
}

}  // namespace

Result<std::string> ask_agent(const AgentFlags& agent, const std::string& path,
                              std::string_view instead) {
  const Result<ServerAccess> access = access_to(agent);
  if (!access) return access.error();
  const Instant deadline = std::chrono::steady_clock::now() + patience;
  Result<StreamQuestion> question = question_to(*access, path, deadline);
  if (!question) return question.error();
  question->accept = "*/*";
  asio::io_context io(1);
  HttpStream stream(io.get_executor());
  Heard heard;
  asio::co_spawn(io, get(stream, std::move(*question), heard), rethrow);
  io.run();
  const std::string who = "the agent at " + to_string(agent.address);
  if (heard.failure) {
    return Error{
        (who + ": " + heard.failure->message).append(hint(heard.failure->reason, instead))};
  }
  if (heard.status != 200) {
    return Error{who + " answered with HTTP status " + std::to_string(heard.status) +
                 std::string(hint(heard.status))};
  }
  return fit_for_terminal(heard.body);
}

Error not_an_agent(const AgentFlags& agent, std::string_view instead) {
  return Error{(to_string(agent.address) + " answers, but not as a mesh_exporter of this version")
                   .append(instead)};
}

}  // namespace mesh
