// Log lines, put together in one buffer and handed to the kernel in one write, so that lines of
// several threads never mix and a crash right after loses nothing.
#include "base/log.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>

#include "base/clock.h"
#include "base/quoted.h"
#include "base/utf8.h"

namespace mesh {
namespace {

// A value may be a piece of a proxy's answer; this much of it tells what it was.
constexpr std::size_t value_bytes = 1024;

constexpr std::array<std::pair<LogLevel, std::string_view>, 4> levels{{
    {LogLevel::debug, "debug"},
    {LogLevel::info, "info"},
    {LogLevel::warn, "warn"},
    {LogLevel::error, "error"},
}};

// Written once by set_up_log before other threads exist, only read afterwards.
LogLevel least_level = LogLevel::info;
LogFormat line_format = LogFormat::logfmt;

std::string_view to_string(LogLevel level) {
  return std::ranges::find(levels, level, &std::pair<LogLevel, std::string_view>::first)->second;
}

bool needs_quotes(std::string_view value) {
  if (value.empty() || value.size() > value_bytes) return true;
  while (!value.empty()) {
    const Utf8Char c = first_utf8_char(value);
    if (!c.valid || !is_printable(c.code_point)) return true;
    if (std::string_view(" =\"\\").find(value[0]) != std::string_view::npos) return true;
    value.remove_prefix(c.bytes);
  }
  return false;
}

void append_quoted(std::string& line, std::string_view value, Escapes escapes) {
  line += '"';
  append_escaped(line, value, escapes, value_bytes);
  line += '"';
}

void append_text(std::string& line, LogFormat format, std::string_view text) {
  if (format == LogFormat::json) {
    append_quoted(line, text, Escapes::json);
  } else if (needs_quotes(text)) {
    append_quoted(line, text, Escapes::words);
  } else {
    line += text;
  }
}

void append_field(std::string& line, LogFormat format, const LogField& field) {
  if (format == LogFormat::json) {
    line += line.empty() ? '{' : ',';
    append_quoted(line, field.first, Escapes::json);
    line += ':';
  } else {
    if (!line.empty()) line += ' ';
    line += field.first;
    line += '=';
  }
  if (const auto* number = std::get_if<std::uint64_t>(&field.second.get())) {
    line += std::to_string(*number);
  } else {
    append_text(line, format, std::get<std::string_view>(field.second.get()));
  }
}

std::string put_together(LogFormat format, std::string_view time, LogLevel level,
                         std::string_view message, std::initializer_list<LogField> fields) {
  std::string line;
  if (!time.empty()) append_field(line, format, {"time", time});
  append_field(line, format, {"level", to_string(level)});
  append_field(line, format, {"msg", message});
  for (const LogField& field : fields) append_field(line, format, field);
  if (format == LogFormat::json) line += '}';
  return line;
}

// "2026-11-23T21:30:24.123Z"
std::string utc(WallTime time) {
  using namespace std::chrono;
  const auto ms = floor<milliseconds>(time);
  const auto day = floor<days>(ms);
  const year_month_day date{day};
  const hh_mm_ss clock{ms - day};
  std::array<char, 40> text;
  const int size = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

// A log that cannot be written (disk full, reader gone) must not stop the program.
void write_line(std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view word) {
  for (const auto& [level, name] : levels) {
    if (name == word) return level;
  }
  return std::nullopt;
}

std::optional<LogFormat> parse_log_format(std::string_view word) {
  if (word == "logfmt") return LogFormat::logfmt;
  if (word == "json") return LogFormat::json;
  return std::nullopt;
}

void set_up_log(LogLevel least, LogFormat format) {
  least_level = least;
  line_format = format;
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (level < least_level) return;
  std::string line =
      put_together(line_format, utc(std::chrono::system_clock::now()), level, message, fields);
  line += '\n';
  write_line(line);
}

std::string format_log_line(LogFormat format, LogLevel level, std::string_view message,
                            std::initializer_list<LogField> fields) {
  return put_together(format, "", level, message, fields);
}

}  // namespace mesh
