// The program's log: one line an event to standard error, as logfmt or JSON, in the manner of the
// Prometheus exporters: time=… level=info msg="target is up" target=shop/users-0 …
//
// Whoever logs says what changed, once: a state that lasts is a metric, not a line per poll.
// Values may come from the network; they are quoted and escaped. Safe from any thread; one line is
// one write.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace mesh {

enum class LogLevel { debug, info, warn, error };
enum class LogFormat { logfmt, json };

// "debug" … "error", "logfmt" | "json"; nothing for another word.
std::optional<LogLevel> parse_log_level(std::string_view word);
std::optional<LogFormat> parse_log_format(std::string_view word);

// Call once at start, before other threads exist.
void set_up_log(LogLevel least, LogFormat format);

// What a field says. JSON shows a count as the number it is.
class LogValue {
 public:
  LogValue(std::string_view text) : value_(text) {}
  LogValue(const std::string& text) : value_(text) {}
  LogValue(const char* text) : value_(text) {}
  LogValue(std::unsigned_integral auto number) : value_(std::uint64_t{number}) {}

  const std::variant<std::string_view, std::uint64_t>& get() const { return value_; }

 private:
  std::variant<std::string_view, std::uint64_t> value_;
};

using LogField = std::pair<std::string_view, LogValue>;

// One event. `message` is constant text; everything variable goes into fields.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

// The line without its time, as `log` would write it: for tests.
std::string format_log_line(LogFormat format, LogLevel level, std::string_view message,
                            std::initializer_list<LogField> fields);

}  // namespace mesh
