// The page or a sign of life, and now and then the dump; see ztunnel.h.
#include "dialect/ztunnel.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/quoted.h"
#include "dialect/beat.h"
#include "dialect/check_answer.h"
#include "dialect/ztunnel_page.h"
#include "wire/ztunnel_config_dump.h"

namespace mesh {
namespace {

constexpr std::string_view dump_path = "/config_dump", links_path = "/";

Request at_admin(std::string_view path) { return {Request::Port::admin, std::string(path)}; }

Result<Readings, Failure> read_links(const Answer& answer) {
  if (auto failure = check_answer(answer, links_path)) return *failure;
  if (!names_ztunnel(answer->body)) {
    return Failure{Reason::parse, std::string(links_path) +
                                      ": not the page of a ztunnel: " + in_quotes(answer->body)};
  }
  Readings readings;
  readings.at = answer->received;
  return readings;
}

class ZtunnelConversation final : public Conversation {
 public:
  ZtunnelConversation(const Target& target, Duration interval)
      : has_admin_(target.admin.has_value()),
        first_(target.metrics ? Request{Request::Port::metrics, target.metrics->path}
                              : at_admin(links_path)),
        beat_(interval) {}

  Step begin(Instant now) override {
    begun_ = now;
    asks_dump_ = false;
    return first_;
  }

  Step hear(Answer answer) override {
    if (!asks_dump_) return hear_first(answer);
    hear_dump(answer);
    return std::move(readings_);
  }

 private:
  Step hear_first(const Answer& answer);
  void hear_dump(const Answer& answer);

  Result<Readings, Failure> read_page(const Answer& answer) {
    if (auto failure = check_answer(answer, page_of(first_))) return *failure;
    return page_.read(*answer, page_of(first_));
  }

  const bool has_admin_;
  const Request first_;
  Beat beat_;
  ZtunnelPage page_;
  Instant begun_;
  bool asks_dump_ = false;
  Readings readings_;  // of this poll, while the dump is asked for
};

Step ZtunnelConversation::hear_first(const Answer& answer) {
  Result<Readings, Failure> readings =
      first_.port == Request::Port::metrics ? read_page(answer) : read_links(answer);
  if (!readings) {
    beat_.forget();  // the dump is asked for as soon as somebody is there
    return readings.error();
  }
  readings_ = std::move(*readings);
  asks_dump_ = has_admin_ && beat_.is_due(begun_);
  if (!asks_dump_) return std::move(readings_);
  beat_.strike(begun_);
  return at_admin(dump_path);
}

void ZtunnelConversation::hear_dump(const Answer& answer) {
  if (auto failure = check_answer(answer, dump_path)) {
    readings_.partial.push_back(std::move(*failure));
    return;
  }
  auto read = parse_ztunnel_config_dump(answer->body);
  if (!read) {
    readings_.partial.push_back(
        {Reason::parse, std::string(dump_path) + ": " + read.error().message});
    return;
  }
  readings_.heard.push_back(dump_path);
  note_unreadable(read->unreadable, read->unreadable_sample, readings_);
  readings_.certificates = CertificateLook{std::move(read->held), false, 0};
}

}  // namespace

bool names_ztunnel(std::string_view page) { return page.find("Ztunnel") != std::string_view::npos; }

std::unique_ptr<Conversation> open_ztunnel(const Target& target, const Config& config) {
  return std::make_unique<ZtunnelConversation>(target, config.certificates.interval);
}

}  // namespace mesh
