// List, then services, then done; see reflection.h.
#include "dialect/reflection.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/limits.h"
#include "dialect/grpc_answer.h"
#include "wire/grpc_reflection.h"

namespace mesh {
void Reflection::begin(Instant now) {
  now_ = now;
  asked_ = 0;
  ended_.reset();
  failure_.reset();
  if (looking_ || !is_due(now)) return;
  looking_ = true;
  doubted_ = false;
  listed_ = false;
  version_ = Version::v1;
  found_ = {};
}

std::optional<Request> Reflection::question() const {
  if (!looking_ || asked_ >= limits::reflected_services_per_poll) return std::nullopt;
  if (!listed_) return grpc_question(path(), list_services_question());
  return grpc_question(path(), file_containing_question(services_.back()));
}

void Reflection::hear(const Answer& answer) {
  ++asked_;
  if (listed_) {
    hear_service(answer);
  } else {
    hear_list(answer);
  }
  if (looking_ && listed_ && services_.empty()) end();
}

std::string Reflection::asked_for() const { return listed_ ? services_.back() : ""; }

void Reflection::pass_over() {
  services_.pop_back();
  if (services_.empty()) end();
}

void Reflection::hear_list(const Answer& answer) {
  if (is_unimplemented(answer)) {
    if (version_ == Version::v1) {
      version_ = Version::v1alpha;
      return;
    }
    version_ = Version::none;
    looking_ = false;
    strike();
    return;
  }
  failure_ = check_call(answer, reflection_question);
  if (!failure_) {
    auto list = read_listed_services(answer->body);
    if (list) {
      listed_ = true;
      found_.left_out = list->left_out;
      found_.untold = list->unreadable;
      services_ = std::move(list->names);
      std::erase_if(services_, is_grpcs_own);
      std::ranges::sort(services_, std::ranges::greater{});
      services_.erase(std::unique(services_.begin(), services_.end()), services_.end());
      return;
    }
    failure_ =
        Failure{Reason::parse, std::string(reflection_question) + ": " + list.error().message};
  }
  looking_ = false;
}

void Reflection::hear_service(const Answer& answer) {
  const std::string service = std::move(services_.back());
  services_.pop_back();
  if (!answer) {
    // It may be the connection's fault, or the deadline's: the look begins anew in the next poll.
    failure_ = check_call(answer, reflection_question);
    looking_ = false;
    return;
  }
  const auto methods =
      answer->grpc_code == "OK" ? read_service_methods(answer->body, service) : Error{"no answer"};
  if (!methods) {
    ++found_.untold;
    return;
  }
  if (found_.methods.size() + methods->size() > limits::reflected_methods) {
    ++found_.left_out;
    return;
  }
  for (const ServiceMethod& one : *methods) {
    found_.methods.push_back({service, one.name, one.client_streams, one.server_streams});
  }
}

void Reflection::end() {
  std::ranges::sort(found_.methods, {},
                    [](const auto& it) { return std::tie(it.service.str(), it.method.str()); });
  ended_ = std::move(found_);
  found_ = {};
  looking_ = false;
  strike();
}

bool Reflection::is_due(Instant now) const {
  return beat_.is_due(now) || (doubted_ && doubt_beat_.is_due(now));
}

void Reflection::strike() {
  beat_.strike(now_);
  doubt_beat_.strike(now_);
}

void Reflection::forget() {
  beat_.forget();
  looking_ = false;
}

void Reflection::tell(Readings& readings) {
  if (ended_) {
    readings.declared = std::move(ended_);
    readings.heard.push_back(reflection_question);
  }
  if (failure_) readings.partial.push_back(*failure_);
  ended_.reset();
  failure_.reset();
}

std::string_view Reflection::path() const {
  return version_ == Version::v1 ? reflection_v1 : reflection_v1alpha;
}

}  // namespace mesh
