// The ask/answer loop; see target_client.h.
#include "scrape/target_client.h"

#include <algorithm>
#include <utility>

#include "net/network_namespace.h"
#include "scrape/cgroup_look.h"
#include "scrape/grpc_question.h"

namespace mesh {

TargetClient::TargetClient(boost::asio::any_io_executor executor, const Target& target,
                           const std::string& cgroup_root) {
  const auto beside = [&target] { return NetworkNamespace{target.network_namespace}; };
  const auto within = [&target, cgroup_root] {
    return NetworkNamespace{"", process_list(cgroup_root, target.cgroup)};
  };
  if (target.admin && target.admin_within_cgroup) {
    admin_.emplace(executor, *target.admin, within);
  } else if (target.admin) {
    admin_.emplace(executor, *target.admin, beside);
  }
  if (target.metrics) metrics_.emplace(executor, target.metrics->address, beside);
  if (target.grpc) grpc_ = grpc_channel(executor, *target.grpc);
}

boost::asio::awaitable<PollOutcome> TargetClient::poll(Conversation& conversation,
                                                       std::size_t max_bytes, Instant deadline) {
  const Instant started = std::chrono::steady_clock::now();
  PollOutcome outcome;
  Step step = conversation.begin(started);
  while (const auto* question = std::get_if<Request>(&step)) {
    const Request request = *question;
    Answer answer = co_await ask(request, max_bytes, deadline, outcome.bytes);
    step = conversation.hear(std::move(answer));
  }
  outcome.took = std::chrono::steady_clock::now() - started;
  if (auto* readings = std::get_if<Readings>(&step)) {
    outcome.result = std::move(*readings);
  } else {
    outcome.result = std::get<Failure>(std::move(step));
  }
  co_return outcome;
}

boost::asio::awaitable<Answer> TargetClient::ask(const Request& request, std::size_t max_bytes,
                                                 Instant deadline, std::uint64_t& bytes) {
  const bool is_call = request.port == Request::Port::grpc;
  std::optional<HttpClient>& door = request.port == Request::Port::admin ? admin_ : metrics_;
  if (is_call ? !grpc_ : !door)
    co_return Answer(Failure{Reason::connect, "the target has no such port"});
  if (is_call) {
    Answer answer = co_await ask_by_call(grpc_, request, deadline);
    if (answer) bytes += answer->body.size();
    co_return answer;
  }
  std::string path = request.path;
  if (request.max_bytes > 0) max_bytes = std::min(max_bytes, request.max_bytes);
  Answer answer = co_await door->get(std::move(path), max_bytes, deadline);
  bytes += door->bytes_read();
  co_return answer;
}

}  // namespace mesh
