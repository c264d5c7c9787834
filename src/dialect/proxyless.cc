// channelz, then CSDS, then reflection, in every poll as far as each is due; see proxyless.h.
#include "dialect/proxyless.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "dialect/channelz_readings.h"
#include "dialect/channelz_walk.h"
#include "dialect/check_answer.h"
#include "dialect/client_status.h"
#include "dialect/grpc_answer.h"
#include "dialect/reflection.h"
#include "wire/grpc_csds.h"

namespace mesh {
namespace {

// Methods come with a new program, which shows by itself where channelz tells of its servers.
constexpr std::chrono::minutes methods_interval{10};

class ProxylessConversation final : public Conversation {
 public:
  Step begin(Instant now) override;
  Step hear(Answer answer) override;

 private:
  enum class Asking : std::uint8_t { channelz, client_status, reflection };

  Step next();
  std::optional<Failure> hear_channelz(const Answer& answer);
  void hear_client_status(const Answer& answer);
  void end_channelz();

  Asking asking_ = Asking::channelz;
  ChannelzWalk walk_;
  ChannelzReadings channelz_;
  ClientStatusFollower client_status_;
  Reflection reflection_{methods_interval};
  bool has_channelz_ = false, has_client_status_ = false;
  Readings readings_;
};

Step ProxylessConversation::begin(Instant now) {
  asking_ = Asking::channelz;
  readings_ = {};
  readings_.at = now;
  has_channelz_ = true;
  walk_.begin();
  reflection_.begin(now);
  return next();
}

Step ProxylessConversation::next() {
  if (asking_ == Asking::channelz) {
    if (auto question = walk_.question()) return *std::move(question);
    end_channelz();
    asking_ = Asking::client_status;
    return grpc_question(csds_path, csds_question());
  }
  asking_ = Asking::reflection;
  if (auto question = reflection_.question()) return *std::move(question);
  reflection_.tell(readings_);
  if (!has_channelz_ && !has_client_status_ && reflection_.has_none()) {
    return Failure{Reason::parse,
                   "the server has neither channelz nor CSDS nor reflection: nothing can be known "
                   "of it; the application must add them"};
  }
  return std::move(readings_);
}

Step ProxylessConversation::hear(Answer answer) {
  switch (asking_) {
    case Asking::channelz:
      if (auto failure = hear_channelz(answer)) return *std::move(failure);
      break;
    case Asking::client_status:
      walk_.count_own(answer);
      hear_client_status(answer);
      break;
    case Asking::reflection:
      walk_.count_own(answer);
      reflection_.hear(answer);
      break;
  }
  return next();
}

std::optional<Failure> ProxylessConversation::hear_channelz(const Answer& answer) {
  if (answer) readings_.at = answer->sent + (answer->received - answer->sent) / 2;
  auto failure = walk_.hear(answer);
  if (!failure) return std::nullopt;
  // The server has answered: it has no channelz, or does not let us ask, and may have the others.
  if (!answer) return failure;
  has_channelz_ = false;
  if (!is_unimplemented(answer)) readings_.partial.push_back(*std::move(failure));
  walk_.end();
  return std::nullopt;
}

void ProxylessConversation::end_channelz() {
  if (!has_channelz_) return;
  readings_.library = "channelz";
  channelz_.tell(walk_.look(), readings_);
  if (!walk_.look().whole) {
    readings_.partial.push_back(
        {Reason::too_large, "channelz: more than is asked for in one poll"});
  } else {
    readings_.heard.push_back("channelz");
  }
  if (!channelz_.is_another()) return;
  client_status_.forget();
  reflection_.forget();
}

void ProxylessConversation::hear_client_status(const Answer& answer) {
  has_client_status_ = !is_unimplemented(answer);
  if (!has_client_status_) return;
  if (auto failure = check_call(answer, csds_path)) {
    readings_.partial.push_back(*std::move(failure));
    return;
  }
  const auto status = read_client_status(answer->body);
  if (!status) {
    readings_.partial.push_back(
        {Reason::parse, std::string(csds_path).append(": ").append(status.error().message)});
    return;
  }
  readings_.heard.push_back(csds_path);
  note_unreadable(status->unreadable, "a resource of CSDS", readings_);
  client_status_.enter(*status);
  readings_.control_plane = client_status_.reading();
}

}  // namespace

std::unique_ptr<Conversation> open_proxyless(const Target&, const Config&) {
  return std::make_unique<ProxylessConversation>();
}

}  // namespace mesh
