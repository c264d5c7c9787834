// Tables that people read and programs take: columns of equal width, or an array of JSON objects,
// from the same cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace mesh {

// How a number is written for people; programs get it as it is.
enum class Shown {
  plain,
  percent,   // of a ratio: "12.5%"
  seconds,   // "21 ms"
  interval,  // of seconds, as they are configured: "1m30s"
  bytes,     // "33.1 kB"
  binary,    // of bytes: "148 MiB"
  use,       // of a count, with its limit: "12/1024"
};

struct Column {
  std::string_view title;  // "REQUESTS/S"
  std::string_view key;    // of the JSON: "requests_per_second"
  bool right = false;      // numbers stand at the right
  Shown as = Shown::plain;
};

// Without a value it is shown as "-", and null.
struct Cell {
  std::variant<std::monostate, std::string, std::uint64_t, double> value;
  std::optional<std::uint64_t> limit{};  // of a use; in the JSON as "KEY_limit"
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  // as many cells as columns
};

std::string table_text(const Table& table);
std::string table_json(const Table& table);

// Rows of these columns, as table_json() wrote them; the error says what is not as it should be.
// Keys that are not known are passed over.
Result<Table> parse_table(std::string_view json, std::span<const Column> columns);

// Whether a stranger's answer could be such a table: an array of JSON objects that all have this
// key, if there are any.
bool is_json_list(std::string_view text, std::string_view key);

// As many columns of a terminal as it has characters.
std::size_t width_of(std::string_view text);

// "0.42", "12.5", "1204", "3": three digits are enough for a rate.
std::string shown_number(double number);

}  // namespace mesh
