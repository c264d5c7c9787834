// A KubeWatch for each namespace, and a coroutine that carries it; see kube_follower.h.
#include "discover/kube_follower.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>
#include <random>
#include <utility>
#include <variant>

#include "base/result.h"
#include "base/rethrow.h"
#include "discover/kube_watch.h"
#include "discover/server_question.h"
#include "net/http_stream.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

// One namespace, or all.
struct Follower {
  Follower(const asio::any_io_executor& executor, KubeWatch::Scope scope,
           std::shared_ptr<KubeKept> kept)
      : watch(std::move(scope), std::move(kept), std::random_device()()),
        stream(executor),
        pause(executor) {}

  KubeWatch watch;
  HttpStream stream;
  asio::steady_timer pause;
  std::uint64_t told_generation = 0;
};

}  // namespace

struct KubeFollower::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor where, ServerAccess to, const KubeScope& scope,
        const std::vector<std::shared_ptr<KubeKept>>& kept, Listener to_tell)
      : executor(std::move(where)),
        access(std::move(to)),
        listener(std::move(to_tell)),
        gathering(scope.kind.gathering),
        over(executor, asio::steady_timer::time_point::max()),
        gather(executor) {
    for (std::size_t i = 0; i < kept.size(); ++i) {
      std::string ns = scope.namespaces.empty() ? "" : scope.namespaces[i];
      KubeWatch::Scope one{scope.kind, scope.fields, std::move(ns), scope.selector};
      followers.push_back(std::make_unique<Follower>(executor, std::move(one), kept[i]));
    }
  }

  static asio::awaitable<void> run(std::shared_ptr<State> state);
  static asio::awaitable<void> follow(std::shared_ptr<State> self, Follower& follower);
  asio::awaitable<void> ask(Follower& follower, KubeWatch::Ask question);
  static asio::awaitable<void> tell_later(std::shared_ptr<State> self);
  void changed();
  void tell_problems();

  asio::any_io_executor executor;
  ServerAccess access;
  Listener listener;
  Duration gathering;
  std::vector<std::unique_ptr<Follower>> followers;
  asio::steady_timer over;    // cancelled by stop()
  asio::steady_timer gather;  // runs while something new is not told yet
  bool gathering_now = false;
  bool stopping = false;
  std::vector<std::string> told_problems;
};

void KubeFollower::State::tell_problems() {
  std::vector<std::string> problems;
  for (const auto& follower : followers) {
    for (std::string& one : follower->watch.problems()) {
      // The same of every namespace is told once.
      if (std::ranges::find(problems, one) == problems.end()) problems.push_back(std::move(one));
    }
  }
  if (problems == told_problems) return;
  told_problems = problems;
  listener.problems(problems);
}

asio::awaitable<void> KubeFollower::State::tell_later(std::shared_ptr<State> self) {
  boost::system::error_code ignored;
  auto done = asio::redirect_error(asio::use_awaitable, ignored);
  self->gather.expires_after(self->gathering);
  co_await self->gather.async_wait(done);
  self->gathering_now = false;
  if (!self->stopping) self->listener.news();
}

void KubeFollower::State::changed() {
  if (stopping) return;
  tell_problems();
  bool news = false;
  for (const auto& follower : followers) {
    news = news || follower->watch.generation() != follower->told_generation;
    follower->told_generation = follower->watch.generation();
  }
  if (!news || gathering_now) return;
  gathering_now = true;
  asio::co_spawn(executor, tell_later(shared_from_this()), rethrow);
}

asio::awaitable<void> KubeFollower::State::ask(Follower& follower, KubeWatch::Ask question) {
  const Instant began = steady_clock::now();
  Result<StreamQuestion> asked = question_to(access, question.path, began + question.within);
  if (!asked) {
    follower.watch.ended({}, Failure{Reason::connect, asked.error().message});
    changed();
    co_return;
  }
  StreamListener to;
  // Nothing may follow the head of a watch for a minute, and it alone says that all is well again.
  to.head = [this, &follower](int status) {
    follower.watch.answered(status);
    changed();
  };
  to.piece = [this, &follower](std::string_view piece) {
    const bool goes_on = follower.watch.arrived(piece);
    changed();
    return goes_on && !stopping;
  };
  const std::optional<Failure> failure =
      co_await follower.stream.get(std::move(*asked), std::move(to));
  follower.watch.ended(steady_clock::now() - began, failure);
  changed();
}

asio::awaitable<void> KubeFollower::State::follow(std::shared_ptr<State> self, Follower& follower) {
  boost::system::error_code ignored;
  auto done = asio::redirect_error(asio::use_awaitable, ignored);
  while (!self->stopping) {
    KubeWatch::Step step = follower.watch.next();
    if (auto* question = std::get_if<KubeWatch::Ask>(&step)) {
      KubeWatch::Ask asked = std::move(*question);
      co_await self->ask(follower, std::move(asked));
    } else {
      follower.pause.expires_after(std::get<KubeWatch::Wait>(step).time);
      co_await follower.pause.async_wait(done);
    }
  }
}

KubeFollower::KubeFollower(asio::any_io_executor executor, ServerAccess access,
                           const KubeScope& scope,
                           const std::vector<std::shared_ptr<KubeKept>>& kept, Listener listener)
    : state_(std::make_shared<State>(std::move(executor), std::move(access), scope, kept,
                                     std::move(listener))) {}
KubeFollower::~KubeFollower() { stop(); }

asio::awaitable<void> KubeFollower::run() { return State::run(state_); }

asio::awaitable<void> KubeFollower::State::run(std::shared_ptr<State> state) {
  for (const auto& follower : state->followers) {
    asio::co_spawn(state->executor, State::follow(state, *follower), rethrow);
  }
  if (state->stopping) co_return;  // by a listener that was told something at once
  boost::system::error_code ignored;
  auto done = asio::redirect_error(asio::use_awaitable, ignored);
  co_await state->over.async_wait(done);
}

void KubeFollower::stop() {
  State& s = *state_;
  s.stopping = true;
  s.over.cancel();
  s.gather.cancel();
  for (const auto& follower : s.followers) {
    follower->pause.cancel();
    follower->stream.close();
  }
}

bool KubeFollower::complete() const {
  return std::ranges::all_of(state_->followers,
                             [](const auto& follower) { return follower->watch.complete(); });
}

bool KubeFollower::answered() const {
  if (state_->gathering_now) return false;
  return std::ranges::all_of(state_->followers, [](const auto& follower) {
    return follower->watch.complete() || !follower->watch.trouble().empty();
  });
}

}  // namespace mesh
