// How the readers relieve each other; see queue_readers.h.
#include "grpc/queue_readers.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/limits.h"

namespace mesh {
namespace {

using std::chrono::system_clock;

// The library wakes nobody for an event while one of its readers is busy elsewhere: it takes that
// one for awake. So the others look by themselves.
constexpr std::chrono::milliseconds between_looks{20};

// One is stuck for each server that floods its connection, until its call is given up.
constexpr std::size_t most_readers = 8;

}  // namespace

QueueReaders::QueueReaders(Told told) : told_(std::move(told)) { relieve(); }

QueueReaders::~QueueReaders() {
  queue_.Shutdown();
  for (Reader& one : readers_) one.thread.join();
}

void QueueReaders::ask_for_a_sign() {
  if (!owes_a_sign_.exchange(true)) sign_.Set(&queue_, system_clock::now(), this);
}

void QueueReaders::relieve() {
  std::erase_if(readers_, [](Reader& one) {
    const bool ended = one.ended;
    if (ended) one.thread.join();
    return ended;
  });
  if (readers_.size() >= most_readers) return;
  Reader& next = readers_.emplace_back();
  current_ = &next;
  ++under_way_;
  next.thread = std::thread([this, &next] { read(next); });
}

void QueueReaders::read(Reader& me) {
  constexpr auto pause = limits::grpc_idle / 3;
  auto next_pause = system_clock::now() + pause;
  auto what = grpc::CompletionQueue::TIMEOUT;
  while (current_ == &me && what != grpc::CompletionQueue::SHUTDOWN) {
    void* tag = nullptr;
    bool ok = false;
    const system_clock::time_point soon = system_clock::now() + between_looks;
    const bool alone = under_way_ == 1;
    what = queue_.AsyncNext(&tag, &ok, alone ? next_pause : std::min(next_pause, soon));
    if (what == grpc::CompletionQueue::GOT_EVENT) {
      if (tag == this) {
        owes_a_sign_ = false;
      } else {
        told_.event(tag, ok);
      }
    }
    const auto now = system_clock::now();
    if (now < next_pause) continue;
    told_.pause();
    next_pause = now + pause;
  }
  --under_way_;
  me.ended = true;
}

}  // namespace mesh
