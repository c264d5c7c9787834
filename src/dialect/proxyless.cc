// channelz, then CSDS, then reflection, in every poll as far as each is due; see proxyless.h.
#include "dialect/proxyless.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/duration.h"
#include "base/limits.h"
#include "dialect/channelz_readings.h"
#include "dialect/channelz_walk.h"
#include "dialect/check_answer.h"
#include "dialect/client_status.h"
#include "dialect/grpc_answer.h"
#include "dialect/reflection.h"
#include "wire/grpc_csds.h"

namespace mesh {
namespace {

// Methods, and CSDS where there was none, come with a new program, which shows by itself where
// channelz tells of its servers.
constexpr std::chrono::minutes methods_interval{10};

// How long a question is left out that hung while another was answered: each time it is asked the
// poll takes as long as a poll may.
constexpr std::chrono::minutes hung_pause{5};

// What is missing in a look at channelz, and why; nothing if it is whole.
std::optional<Failure> left_out_by(const ChannelzLook& look) {
  if (look.whole()) return std::nullopt;
  std::string words = "channelz: ";
  if (look.left_out > 0) {
    words +=
        "more entities than are asked for: " + std::to_string(limits::channelz_questions_per_poll) +
        " questions, at least " + std::to_string(look.left_out) + " left out";
  } else if (look.lists_cut > 0) {
    words += "longer lists than are asked for: " + std::to_string(limits::channelz_pages) +
             " pages, the rest left out";
  } else {
    return Failure{Reason::parse, words + "a list does not go on where its page ends"};
  }
  return Failure{Reason::too_large, std::move(words)};
}

class ProxylessConversation final : public Conversation {
 public:
  Step begin(Instant now) override;
  Step hear(Answer answer) override;

 private:
  enum class Asking : std::uint8_t { channelz, client_status, reflection };
  // What became of a service in this poll.
  enum class Told : std::uint8_t { told, missing, refused, failed };

  static Told told_by(const Answer& answer);

  Step next();
  std::optional<Failure> hear_channelz(const Answer& answer);
  void hear_client_status(const Answer& answer);
  std::optional<Failure> enter_client_status(const Answer& answer);
  void note_connection(const Answer& answer);
  void end_channelz();
  // A question that hung while another was answered.
  struct Hung {
    Instant at;
    Failure told;
  };
  bool is_left_out(const std::optional<Hung>& hung) const;
  void note_hung(const Answer& answer, std::string_view question, bool others_told,
                 std::optional<Hung>& hung);
  std::optional<Failure> nothing_told() const;

  Asking asking_ = Asking::channelz;
  ChannelzWalk walk_;
  ChannelzReadings channelz_;
  ClientStatusFollower client_status_;
  Reflection reflection_{methods_interval};
  Told told_channelz_ = Told::told, told_client_status_ = Told::told;
  Instant now_{};
  std::uint64_t connection_ = 0;                              // that was asked last
  std::optional<Hung> client_status_hung_, reflection_hung_;  // until they are asked again
  std::optional<Instant> client_status_missing_;  // when the process was found to have none
  Readings readings_;
};

Step ProxylessConversation::begin(Instant now) {
  asking_ = Asking::channelz;
  readings_ = {};
  readings_.at = now;
  told_channelz_ = Told::told;
  now_ = now;
  walk_.begin();
  reflection_.begin(now);
  return next();
}

Step ProxylessConversation::next() {
  if (asking_ == Asking::channelz) {
    if (auto question = walk_.question()) return *std::move(question);
    end_channelz();
    asking_ = Asking::client_status;
    const bool left_out = told_channelz_ == Told::told && is_left_out(client_status_hung_);
    const bool is_missing =
        client_status_missing_ && now_ - *client_status_missing_ < methods_interval;
    if (!left_out && !is_missing) return grpc_question(csds_path, csds_question());
    told_client_status_ = is_missing ? Told::missing : Told::failed;
    if (left_out) {
      client_status_.miss();
      readings_.control_plane = client_status_.reading();
    }
  }
  asking_ = Asking::reflection;
  // Who hung has left no time for the next.
  const bool others_told = told_channelz_ == Told::told || told_client_status_ == Told::told;
  const bool left_out = others_told && (readings_.hung || is_left_out(reflection_hung_));
  auto question = left_out ? std::nullopt : reflection_.question();
  if (question) return *std::move(question);
  if (!left_out) reflection_hung_.reset();
  reflection_.tell(readings_);
  for (const auto* hung : {&client_status_hung_, &reflection_hung_}) {
    if (*hung) readings_.left_out.push_back((*hung)->told);
  }
  if (auto failure = nothing_told()) return *std::move(failure);
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
      note_hung(answer, csds_path, told_channelz_ == Told::told, client_status_hung_);
      break;
    case Asking::reflection:
      walk_.count_own(answer);
      reflection_.hear(answer);
      note_hung(answer, reflection_question,
                told_channelz_ == Told::told || told_client_status_ == Told::told,
                reflection_hung_);
      break;
  }
  return next();
}

bool ProxylessConversation::is_left_out(const std::optional<Hung>& hung) const {
  return hung && now_ - hung->at < hung_pause;
}

void ProxylessConversation::note_hung(const Answer& answer, std::string_view question,
                                      bool others_told, std::optional<Hung>& hung) {
  hung.reset();
  if (answer || answer.error().reason != Reason::timeout || !others_told) return;
  std::string words(question);
  words.append(": ").append(answer.error().message).append("; other calls are answered, so it is ");
  words.append("left out for ").append(format_duration(hung_pause));
  hung = Hung{now_, {Reason::timeout, std::move(words)}};
  readings_.hung = true;
}

// Behind a connection that was lost there may be another program, which need not have channelz to
// tell that.
void ProxylessConversation::note_connection(const Answer& answer) {
  if (!answer) {
    if (answer.error().reason == Reason::connect) reflection_.forget();
    client_status_missing_.reset();
    return;
  }
  if (answer->connection == connection_) return;
  connection_ = answer->connection;
  reflection_.doubt();
  client_status_missing_.reset();
}

std::optional<Failure> ProxylessConversation::hear_channelz(const Answer& answer) {
  if (answer) readings_.at = answer->sent + (answer->received - answer->sent) / 2;
  note_connection(answer);
  auto failure = walk_.hear(answer);
  if (!failure) return std::nullopt;
  // The server has answered: it has no channelz, or does not let us ask, and may have the others.
  if (!answer) return failure;
  const Told told = told_by(answer);
  told_channelz_ = told == Told::told ? Told::failed : told;  // it said OK, and something else
  if (told_channelz_ != Told::missing) readings_.partial.push_back(*std::move(failure));
  walk_.end();
  return std::nullopt;
}

ProxylessConversation::Told ProxylessConversation::told_by(const Answer& answer) {
  if (is_unimplemented(answer)) return Told::missing;
  const auto failure = check_call(answer, "");
  if (!failure) return Told::told;
  return failure->reason == Reason::forbidden ? Told::refused : Told::failed;
}

// Of a server that has none of the three services, lets us ask none, or answered nothing usable.
std::optional<Failure> ProxylessConversation::nothing_told() const {
  Told reflection = reflection_.has_none() ? Told::missing : Told::told;
  for (const Failure& one : readings_.partial) {
    const bool is_refused = one.reason == Reason::forbidden;
    if (is_refused && one.message.starts_with("reflection: ")) reflection = Told::refused;
  }
  std::string refused, missing;
  const auto note = [&](Told told, std::string_view service) {
    std::string& names = told == Told::refused ? refused : missing;
    names.append(names.empty() ? "" : ", ").append(service);
    return told == Told::refused || told == Told::missing;
  };
  const bool none = note(told_channelz_, "channelz") && note(told_client_status_, "CSDS") &&
                    note(reflection, "reflection");
  if (!none) {
    const bool told = told_channelz_ == Told::told || told_client_status_ == Told::told ||
                      readings_.declared || readings_.partial.empty();
    return told ? std::nullopt : std::optional(readings_.partial.front());
  }
  if (refused.empty()) {
    return Failure{Reason::parse,
                   "the server has neither channelz nor CSDS nor reflection: nothing can be known "
                   "of it; the application must add them"};
  }
  std::string words = "the server refuses " + refused + " to this exporter";
  if (!missing.empty()) words += ", and does not have " + missing;
  return Failure{Reason::forbidden,
                 words + ": nothing can be known of it; its authorization must admit these calls"};
}

void ProxylessConversation::end_channelz() {
  if (told_channelz_ != Told::told) return;
  readings_.library = "channelz";
  channelz_.tell(walk_.look(), readings_);
  // What is beyond our bounds is missing in what was heard, and asking for it was not in vain.
  readings_.heard.push_back("channelz");
  readings_.heard.push_back(channelz_path(ChannelzCall::servers));  // as a refusal begins
  if (auto failure = left_out_by(walk_.look())) readings_.partial.push_back(*std::move(failure));
  if (!channelz_.is_another()) return;
  client_status_.forget();
  reflection_.forget();
  client_status_hung_.reset();
  reflection_hung_.reset();
  client_status_missing_.reset();
}

void ProxylessConversation::hear_client_status(const Answer& answer) {
  told_client_status_ = told_by(answer);
  if (told_client_status_ == Told::missing) {
    client_status_.forget();
    client_status_missing_ = now_;
    return;
  }
  client_status_missing_.reset();
  if (auto failure = enter_client_status(answer)) {
    readings_.partial.push_back(*std::move(failure));
    // What was counted stays: a resource that is missing once is not a new one the next time.
    client_status_.miss();
  }
  readings_.control_plane = client_status_.reading();
}

std::optional<Failure> ProxylessConversation::enter_client_status(const Answer& answer) {
  if (auto failure = check_call(answer, csds_path)) return failure;
  const auto status = read_client_status(answer->body);
  if (!status) {
    return Failure{Reason::parse,
                   std::string(csds_path).append(": ").append(status.error().message)};
  }
  note_unreadable(status->unreadable, "a resource of CSDS", readings_);
  client_status_.enter(*status);
  readings_.heard.push_back(csds_path);
  if (status->left_out > 0) {
    readings_.partial.push_back(
        {Reason::too_large, std::string(csds_path) +
                                ": more configurations than are read of one answer: " +
                                std::to_string(status->left_out) + " left out"});
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<Conversation> open_proxyless(const Target&, const Config&) {
  return std::make_unique<ProxylessConversation>();
}

}  // namespace mesh
