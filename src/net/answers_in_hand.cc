// Who is slow is told by what he took of late: all of an answer but its end may have been taken at
// once by somebody who then went to sleep.
#include "net/answers_in_hand.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"

namespace mesh {
namespace {

// Slow readers come again; the log hears of it this often.
constexpr std::chrono::minutes complaint_pause{1};

}  // namespace

class AnswersInHand::Held : public AnswerInHand {
 public:
  Held(std::shared_ptr<AnswersInHand> all, RenderKind kind, std::size_t bytes,
       std::function<void()> over)
      : all_(std::move(all)), kind_(kind), left_(bytes), over_(std::move(over)) {
    room().bytes += left_;
    room().all.push_back(this);
  }
  ~Held() override {
    room().bytes -= left_;
    room().all.remove(this);
    if (over_) over_();
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  void may_be_cut_off(std::function<void()> how) override { cut_off_ = std::move(how); }

  void taken(std::size_t bytes) override {
    const Instant now = Instant::clock::now();
    if (now >= lately_ + all_->yield_) {
      lately_ = now;
      taken_lately_ = 0;
    }
    taken_lately_ += bytes;
    let_go(std::min(bytes, left_));
  }

  Instant due() const { return since_ + all_->yield_; }

  bool has_to_yield_to(RenderKind asking, Instant now) const {
    return cut_off_ && kind_ >= asking && now >= due();
  }

  // Bytes a second.
  double pace(Instant now) const {
    constexpr std::chrono::duration<double> least = std::chrono::milliseconds(1);
    const std::chrono::duration<double> passed = now - lately_;
    return static_cast<double>(taken_lately_) / std::max(passed, least).count();
  }

  // What he had is as good as gone: the memory goes when his coroutine hears of it, which is before
  // the next answer is under way.
  void cut_off() {
    const std::function<void()> how = std::exchange(cut_off_, nullptr);
    let_go(left_);
    how();
  }

 private:
  Room& room() { return all_->room_of(kind_); }
  void let_go(std::size_t bytes) {
    left_ -= bytes;
    room().bytes -= bytes;
  }

  const std::shared_ptr<AnswersInHand> all_;
  const RenderKind kind_;
  std::size_t left_;
  const std::function<void()> over_;
  std::function<void()> cut_off_;
  const Instant since_ = Instant::clock::now();
  Instant lately_ = since_;  // since when the following was taken
  std::size_t taken_lately_ = 0;
};

std::shared_ptr<AnswerInHand> AnswersInHand::hold(RenderKind kind, std::size_t bytes,
                                                  std::function<void()> over) {
  return std::make_shared<Held>(shared_from_this(), kind, bytes, std::move(over));
}

bool AnswersInHand::make_room(RenderKind asking) {
  const Instant now = Instant::clock::now();
  const Room& room = room_of(asking);
  while (!has_room(asking)) {
    Held* slowest = nullptr;
    for (Held* const one : room.all) {
      if (!one->has_to_yield_to(asking, now)) continue;
      if (!slowest || one->pace(now) < slowest->pace(now)) slowest = one;
    }
    if (!slowest) return false;
    complain(room);
    slowest->cut_off();
  }
  return true;
}

std::optional<Instant> AnswersInHand::next_chance(RenderKind asking) const {
  const Instant now = Instant::clock::now();
  std::optional<Instant> first;
  for (const Held* const one : room_of(asking).all) {
    if (one->due() > now) first = std::min(first.value_or(Instant::max()), one->due());
  }
  return first;
}

void AnswersInHand::complain(const Room& room) {
  const Instant now = Instant::clock::now();
  if (now < next_complaint_) return;
  next_complaint_ = now + complaint_pause;
  log(LogLevel::warn, "who takes an answer slowly is cut off, for others wait",
      {{"bytes_in_hand", room.bytes}});
}

}  // namespace mesh
