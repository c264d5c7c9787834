// Slots within slots: who may take long takes one of the few first; see host_turns.h.
#include "app/host_turns.h"

#include <utility>

namespace mesh {
namespace {

constexpr int at_once_per_host = 2;

}  // namespace

Turn::~Turn() {
  for (const std::shared_ptr<Slots>& slots : taken_) slots->give_back();
}

HostTurns::HostTurns(const boost::asio::any_io_executor& executor)
    : all_(std::make_shared<Slots>(executor, at_once_per_host)),
      doubtful_(std::make_shared<Slots>(executor, 1)),
      outside_(std::make_shared<Slots>(executor, 1)) {}

boost::asio::awaitable<bool> HostTurns::take(Asker asker, Instant latest, Turn& turn) {
  std::vector<std::shared_ptr<Slots>> needed;
  if (asker == Asker::outside) needed.push_back(outside_);
  if (asker != Asker::usual) needed.push_back(doubtful_);
  needed.push_back(all_);
  for (const std::shared_ptr<Slots>& slots : needed) {
    const bool taken = co_await slots->take_before(latest);
    if (!taken) co_return false;
    turn.taken_.push_back(slots);
  }
  co_return true;
}

std::string host_of(const Address& address) {
  return address.is_unix() ? to_string(address) : address.host;
}

}  // namespace mesh
