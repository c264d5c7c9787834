// The life of a call; see flight.h.
#include "grpc/flight.h"

#include <absl/synchronization/mutex.h>
#include <grpc/support/log.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <ctime>
#include <set>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "base/rethrow.h"
#include "base/utf8.h"
#include "grpc/connections.h"
#include "net/wait_until.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

// What the library would write to the error output in a form of its own. Failures are told by the
// calls: this is for who looks closer, but for the last words before it aborts the process.
void log_as_ours(gpr_log_func_args* line) {
  const std::string text = shown_on_one_line(line->message);
  const bool aborts = text.starts_with("assertion failed");
  log(aborts ? LogLevel::error : LogLevel::debug, "the gRPC library says", {{"line", text}});
}

// In which a reader of the queue that is not busy shows itself.
constexpr std::chrono::milliseconds for_a_sign{50};

// A look at a thousand connections takes some 3 ms, and calls may always take long here: so looks
// are seldom, as long as a reader gives signs and nothing was found.
constexpr std::chrono::seconds between_looks{1};

// What a connection brings in this time while a call on it is not answered: more than this is no
// answer, for the library would have refused it (the quota in library_channel.cc).
constexpr std::uint64_t flood_bytes = 2 * limits::grpc_message_bytes;
constexpr std::chrono::seconds flood_time{20};

}  // namespace

std::string FlyingCall::peer() const {
  std::string known = context.peer();
  return known.starts_with("ipv") ? known : peer_meant;
}

void FlyingCall::cut_off() const {
  const std::string known = peer();
  if (!known.empty()) return mesh::cut_off(known);
  const std::string end = ":" + std::to_string(port);
  for (const auto& [peer, bytes] : received_by_peer()) {
    if (bytes >= flood_bytes && peer.ends_with(end)) mesh::cut_off(peer);
  }
}

Flights::Flights(asio::execution_context& context) : service(context) {
  gpr_set_log_function(log_as_ours);
  // Debian's absl looks at every lock for a cycle of them, as its debug builds do: a tenth of what
  // a call costs, and 12 kB for each channel.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

grpc::CompletionQueue* Flights::queue() {
  if (!readers_) {
    readers_.emplace(QueueReaders::Told{
        [this](void* tag, bool ok) { hear(static_cast<FlyingCall::Step*>(tag), ok); },
        [this] { look_for_idle(); }});
  }
  return readers_->queue();
}

void Flights::doubt(const asio::any_io_executor& executor) {
  if (seeing_to_ || steady_clock::now() < next_doubt_) return;
  seeing_to_ = true;
  asio::co_spawn(executor, see_to_readers(), rethrow);
}

asio::awaitable<void> Flights::see_to_readers() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  bool looked = false;
  bool goes_on = true;
  while (goes_on) {
    const std::clock_t spent = std::clock();
    readers_->ask_for_a_sign();
    const Instant then = steady_clock::now() + for_a_sign;
    co_await wait_until(executor, then);
    const bool nobody = readers_->owes_a_sign();
    if (nobody) readers_->relieve();
    // Other threads of the library may be caught, too, who give no sign. None is if none is busy.
    const bool busy = std::clock() - spent > CLOCKS_PER_SEC / 500;
    goes_on = nobody;
    if (readers_->is_one_stuck() || (busy && (looked || then >= next_look_))) {
      goes_on |= look_for_floods() || !std::exchange(looked, true);
      next_look_ = steady_clock::now() + between_looks;
    }
  }
  seeing_to_ = false;
  next_doubt_ = steady_clock::now() + for_a_sign;
}

bool Flights::look_for_floods() {
  const auto received = received_by_peer();
  const Instant at = steady_clock::now();
  std::erase_if(looks_, [](const auto& one) { return one.first.expired(); });
  std::set<std::string> peers;
  bool may_be = false;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [step, call] : flying_) {
      const auto now = received.find(call->peer());
      if (now == received.end()) continue;
      const Look look{now->second, at};
      Look& first = looks_.emplace(call, look).first->second;
      if (at - first.at > flood_time) first = look;
      const std::uint64_t more = look.bytes - std::min(look.bytes, first.bytes);
      may_be |= more > flood_bytes / 64;
      if (more < flood_bytes) continue;
      call->flooded = true;
      call->waiting.cancel();
      peers.insert(now->first);
    }
  }
  // The library itself would not always do so: what it is asked for waits behind the flood.
  for (const std::string& peer : peers) cut_off(peer);
  return may_be;
}

void* Flights::begin(std::shared_ptr<FlyingCall> call, FlyingCall::Step& step) {
  const std::lock_guard lock(mutex_);
  step.reset();
  executor_ = call->waiting.get_executor();
  flying_.emplace(&step, std::move(call));
  return &step;
}

void Flights::start(const std::string& path, const std::shared_ptr<FlyingUnary>& call) {
  call->reader = call->stub->calls.PrepareUnaryCall(&call->context, path, call->request, queue());
  call->reader->StartCall();
  call->reader->Finish(&call->response, &call->status, begin(call, call->ended));
}

void Flights::start(const std::string& path, const std::shared_ptr<FlyingStream>& call) {
  call->context.set_initial_metadata_corked(true);  // it begins with the message
  call->reader = call->stub->calls.PrepareCall(&call->context, path, queue());
  call->reader->StartCall(nullptr);
  call->reader->WriteLast(call->request, {}, begin(call, call->sent));
}

void Flights::read(const std::shared_ptr<FlyingStream>& call) {
  call->reader->Read(&call->response, begin(call, call->read));
}

void Flights::finish(const std::shared_ptr<FlyingStream>& call) {
  call->reader->Finish(&call->status, begin(call, call->ended));
}

void Flights::ask_for_connection(const std::shared_ptr<FlyingCall>& call, WallTime latest) {
  call->stub->channel->NotifyOnStateChange(GRPC_CHANNEL_READY, latest, queue(),
                                           begin(call, call->parted));
}

void Flights::hear(FlyingCall::Step* step, bool ok) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<FlyingCall> call = std::move(flying_.extract(step).mapped());
  if (ending_) {
    landed_.push_back(std::move(call));
  } else {
    const auto executor = call->waiting.get_executor();
    asio::post(executor, [call = std::move(call), step, ok] {
      *step = ok;
      call->waiting.cancel();
    });
  }
  changed_.notify_all();
}

void Flights::look_for_idle() {
  const std::lock_guard lock(mutex_);
  if (ending_ || std::exchange(looking_, true)) return;
  asio::post(executor_, [this] {
    let_go_idle(steady_clock::now());
    const std::lock_guard again(mutex_);
    looking_ = false;
  });
}

void Flights::let_go_idle(Instant now) {
  for (const auto& one : channels) {
    if (const auto channel = one.second.lock()) channel->let_go_if_idle(now);
  }
}

void Flights::shutdown() noexcept {
  std::vector<std::shared_ptr<FlyingCall>> flying;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const auto& [step, call] : flying_) flying.push_back(call);
  }
  for (const auto& call : flying) call->abandon();
  while (!all_landed_within(for_a_sign)) {
    for (const auto& call : flying) call->cut_off();
    readers_->relieve();
  }
  readers_.reset();
  landed_.clear();
}

bool Flights::all_landed_within(Duration time) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [this] { return flying_.empty(); });
}

Flights& flights_of(const asio::any_io_executor& executor) {
  return asio::use_service<Flights>(asio::query(executor, asio::execution::context));
}

asio::awaitable<void> news_of(FlyingCall& call, Instant latest) {
  boost::system::error_code cancelled;
  call.waiting.expires_at(latest);
  auto token = asio::redirect_error(asio::use_awaitable, cancelled);
  co_await call.waiting.async_wait(token);
  if (cancelled) co_return;
  const asio::any_io_executor executor = call.waiting.get_executor();
  flights_of(executor).doubt(executor);
}

Failure flooding() { return {Reason::connect, "the server floods the connection"}; }

std::string bytes_of(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace mesh
