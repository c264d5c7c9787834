// Slots within slots: who may take long takes one of the few first; see host_turns.h.
#include "app/host_turns.h"

#include <utility>

namespace mesh {
namespace {

constexpr int at_once_per_host = 2;

}  // namespace

Turn::~Turn() { give_back(); }

void Turn::give_back() {
  for (const std::shared_ptr<Slots>& slots : taken_) slots->give_back();
  taken_.clear();
}

HostTurns::HostTurns(const boost::asio::any_io_executor& executor)
    : all_(std::make_shared<Slots>(executor, at_once_per_host)),
      doubtful_(std::make_shared<Slots>(executor, 1)),
      outside_(std::make_shared<Slots>(executor, 1)),
      outside_doubtful_(std::make_shared<Slots>(executor, 1)) {}

std::vector<std::shared_ptr<Slots>> HostTurns::needed_by(Asker asker) const {
  switch (asker) {
    case Asker::usual: return {all_};
    case Asker::doubtful: return {doubtful_, all_};
    case Asker::outside: return {outside_};
    case Asker::outside_doubtful: break;
  }
  return {outside_doubtful_, doubtful_, all_};
}

boost::asio::awaitable<bool> HostTurns::take(Asker asker, Instant latest, Turn& turn) {
  const std::vector<std::shared_ptr<Slots>> needed = needed_by(asker);
  for (const std::shared_ptr<Slots>& slots : needed) {
    const bool taken = co_await slots->take_before(latest);
    if (!taken) {
      turn.give_back();
      co_return false;
    }
    turn.taken_.push_back(slots);
  }
  co_return true;
}

std::string host_of(const Address& address) {
  return address.is_unix() ? to_string(address) : address.host;
}

}  // namespace mesh
