// See load_options.h. Each option takes its value as the next word.
#include "load_options.h"

#include <charconv>
#include <functional>
#include <map>
#include <string_view>

namespace mesh::demo {

const char* const kLoadUsage =
    R"(usage: demo_load --target HOST:PORT [option…]
  --calls N            end after N calls
  --duration 30s       end after this time (ms, s, m)
  --rate N             calls per second (default: as fast as they are answered)
  --parallel N         calls under way at once (default 8)
  --first N            begin with call number N of the plan (default 0)
  --ledger FILE        rewrite FILE every second, on SIGUSR1 and at the end
  --only METHOD        only this method, e.g. user.v1.UserService/GetUser
  --all-ok yes         ask for OK in every call, instead of a mix of statuses
  --deadline 30s       deadline of each call
  --hold yes           ask the servers never to answer
  --authority NAME     the service to ask for (default: as the target is called)
  --cancel-after 50ms  cancel each call after this time
  --metadata KEY=VALUE add to each call; repeatable
  --wait-ready 10s     make no calls: exit 0 once health is SERVING, 1 after this time
Without --calls and --duration it runs until SIGTERM, which lets the calls under way finish. The
ledger is printed on stdout at the end.
)";

namespace {

template <typename Number>
bool parse_number(std::string_view text, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc{} && end == text.data() + text.size() && into >= Number{0};
}

bool parse_duration(std::string_view text, std::chrono::milliseconds& into) {
  const auto digits = text.find_first_not_of("0123456789");
  std::int64_t number = 0;
  if (digits == std::string_view::npos || !parse_number(text.substr(0, digits), number)) {
    return false;
  }
  const std::string_view unit = text.substr(digits);
  const int factor = unit == "ms" ? 1 : unit == "s" ? 1'000 : unit == "m" ? 60'000 : 0;
  into = std::chrono::milliseconds(number * factor);
  return factor != 0 && number > 0;
}

bool parse_metadata(std::string_view text, CallOptions& into) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return false;
  into.metadata.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  return true;
}

using Setter = std::function<bool(std::string_view)>;

std::map<std::string, Setter, std::less<>> setters(LoadOptions& options) {
  using std::string_view;
  return {
      {"--target", [&](string_view v) { return !(options.target = v).empty(); }},
      {"--calls", [&](string_view v) { return parse_number(v, options.calls); }},
      {"--duration", [&](string_view v) { return parse_duration(v, options.duration); }},
      {"--rate", [&](string_view v) { return parse_number(v, options.rate); }},
      {"--parallel",
       [&](string_view v) { return parse_number(v, options.parallel) && options.parallel > 0; }},
      {"--first", [&](string_view v) { return parse_number(v, options.first); }},
      {"--ledger", [&](string_view v) { return !(options.ledger_file = v).empty(); }},
      {"--only", [&](string_view v) { return parse_method(v, options.only.emplace()); }},
      {"--all-ok", [&](string_view v) { return (options.all_ok = v == "yes"); }},
      {"--deadline", [&](string_view v) { return parse_duration(v, options.call.deadline); }},
      {"--hold", [&](string_view v) { return (options.call.hold = v == "yes"); }},
      {"--authority", [&](string_view v) { return !(options.call.authority = v).empty(); }},
      {"--cancel-after",
       [&](string_view v) { return parse_duration(v, options.call.cancel_after); }},
      {"--metadata", [&](string_view v) { return parse_metadata(v, options.call); }},
      {"--wait-ready", [&](string_view v) { return parse_duration(v, options.wait_ready); }},
  };
}

}  // namespace

std::optional<LoadOptions> parse_load_options(const std::vector<std::string>& words,
                                              std::string& error) {
  LoadOptions options;
  const auto known = setters(options);
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const auto setter = known.find(words[i]);
    if (setter == known.end()) {
      error = "unknown option " + words[i];
      return std::nullopt;
    }
    if (i + 1 == words.size() || !setter->second(words[i + 1])) {
      error = words[i] + " needs a value that makes sense";
      return std::nullopt;
    }
  }
  if (options.target.empty()) {
    error = "--target is missing";
    return std::nullopt;
  }
  return options;
}

}  // namespace mesh::demo
