// Calls against questions, connection by connection; see own_connection.h.
#include "dialect/own_connection.h"

#include <limits>

namespace mesh {
namespace {

// What fewer calls than questions weigh: it is another's, unless we dialled anew in the midst of a
// look.
constexpr std::uint64_t too_few = 1'000;

}  // namespace

void OwnConnection::enter(const std::vector<ChannelzLook::Socket>& sockets) {
  for (auto& [id, known] : seen_) known.seen = false;
  socket_.reset();
  server_.reset();
  double nearest = std::numeric_limits<double>::infinity();
  for (const ChannelzLook::Socket& one : sockets) {
    Seen& known = seen_[one.told.id];
    if (one.told.started < known.started) known = {};
    const bool fresh = known.looks == 0;
    const std::uint64_t calls = one.told.started - known.started;
    const std::uint64_t questions = fresh ? one.own_in_poll : one.own - known.own;
    known.started = one.told.started;
    known.own = one.own;
    known.calls += calls;
    known.questions += questions;
    known.unlike += calls < questions ? too_few : calls - questions;
    ++known.looks;
    known.seen = true;
    const double unlike = static_cast<double>(known.unlike) / static_cast<double>(known.looks);
    if (known.calls > 2 * known.questions || unlike >= too_few || unlike > nearest) continue;
    const bool also = unlike == nearest;  // then it is not told which
    nearest = unlike;
    socket_ = also ? std::nullopt : std::optional(one.told.id);
    server_ = also ? std::nullopt : std::optional(one.server);
    is_exact_ = known.unlike == 0;
  }
  std::erase_if(seen_, [](const auto& one) { return !one.second.seen; });
}

}  // namespace mesh
