// An HTTP client for a single question; see ask_agent.h.
#include "app/ask_agent.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "base/rethrow.h"
#include "base/utf8.h"
#include "expose/table.h"
#include "net/http_client.h"

namespace mesh {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds patience{10};
constexpr std::size_t most_bytes = 64u << 20;

asio::awaitable<void> get(HttpClient& client, std::string path, Instant deadline,
                          std::optional<Answer>& into) {
  Answer answer = co_await client.get(path, most_bytes, deadline);
  into = std::move(answer);
}

// Who answers at that address need not be an agent.
std::string fit_for_terminal(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    lines.append(shown_on_one_line(line)).append("\n");
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return lines;
}

}  // namespace

Result<std::string> ask_agent(const Address& agent, const std::string& path) {
  asio::io_context io(1);
  HttpClient client(io.get_executor(), agent);
  std::optional<Answer> answer;
  const Instant deadline = std::chrono::steady_clock::now() + patience;
  asio::co_spawn(io, get(client, path, deadline, answer), rethrow);
  io.run();
  const std::string who = "the agent at " + to_string(agent);
  if (!*answer) return Error{who + ": " + answer->error().message};
  if ((*answer)->status != 200) {
    return Error{who + " answered with HTTP status " + std::to_string((*answer)->status) +
                 "; is it a mesh_exporter of this version?"};
  }
  return fit_for_terminal((*answer)->body);
}

Error not_an_agent(const Address& who) {
  return Error{to_string(who) + " answers, but not as a mesh_exporter of this version"};
}

}  // namespace mesh
