// Cells to lines and to JSON; see table.h.
#include "expose/table.h"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <utility>

#include "base/binary_bytes.h"
#include "base/duration.h"
#include "base/utf8.h"
#include "expose/human.h"

namespace mesh {
namespace {

namespace json = boost::json;

std::string shown_count(std::uint64_t count, const Cell& cell, Shown as) {
  if (as == Shown::bytes) return human_bytes(count);
  if (as == Shown::binary) return binary_bytes(count);
  const std::string text = std::to_string(count);
  return cell.limit ? text + "/" + std::to_string(*cell.limit) : text;
}

std::string shown_double(double number, Shown as) {
  if (as == Shown::percent) return shown_number(number * 100) + "%";
  if (as == Shown::seconds) return human_seconds(number);
  if (as == Shown::interval) {
    return format_duration(std::chrono::milliseconds(std::llround(number * 1000)));
  }
  return shown_number(number);
}

std::string shown_cell(const Cell& cell, Shown as) {
  if (const auto* text = std::get_if<std::string>(&cell.value)) {
    return text->empty() ? "-" : shown_on_one_line(*text);
  }
  if (const auto* count = std::get_if<std::uint64_t>(&cell.value)) {
    return shown_count(*count, cell, as);
  }
  if (const auto* number = std::get_if<double>(&cell.value)) return shown_double(*number, as);
  return "-";
}

json::value json_of(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell.value))
    return json::string(shown_on_one_line(*text));
  if (const auto* count = std::get_if<std::uint64_t>(&cell.value)) return *count;
  if (const auto* number = std::get_if<double>(&cell.value)) return *number;
  return nullptr;
}

std::string limit_key(const Column& column) { return std::string(column.key) + "_limit"; }

// Throws where it is none of what a cell can be.
Cell cell_of(const json::value& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return {json::value_to<std::string>(value)};
  if (value.is_double()) return {value.get_double()};
  return {value.to_number<std::uint64_t>()};
}

std::vector<Cell> row_of(const json::object& object, std::span<const Column> columns) {
  std::vector<Cell> row;
  for (const Column& column : columns) {
    Cell& cell = row.emplace_back(cell_of(object.at(column.key)));
    const json::value* const limit = object.if_contains(limit_key(column));
    if (limit && !limit->is_null()) cell.limit = limit->to_number<std::uint64_t>();
  }
  return row;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  // What does not show is gone, and nobody aligns Chinese by hand.
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins));
}

std::string shown_number(double number) {
  const double size = std::abs(number);
  const bool whole = number == std::floor(number);
  const int decimals = whole || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, number);
  return text;
}

std::string table_text(const Table& table) {
  // A longer cell stands out of its column: one endless name does not pad all lines.
  constexpr std::size_t widest = 100;
  std::vector<std::vector<std::string>> lines(1);
  for (const Column& column : table.columns) lines[0].emplace_back(column.title);
  for (const auto& row : table.rows) {
    std::vector<std::string>& line = lines.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      line.push_back(shown_cell(row[i], table.columns[i].as));
    }
  }
  std::vector<std::size_t> widths(table.columns.size());
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      widths[i] = std::max(widths[i], std::min(width_of(line[i]), widest));
    }
  }
  std::string text;
  for (const auto& line : lines) {
    std::string shown;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string room(widths[i] - std::min(width_of(line[i]), widths[i]), ' ');
      if (i > 0) shown += "  ";
      shown += table.columns[i].right ? room + line[i] : line[i] + room;
    }
    shown.resize(shown.find_last_not_of(' ') + 1);
    text += shown + "\n";
  }
  return text;
}

std::string table_json(const Table& table) {
  json::array all;
  for (const auto& row : table.rows) {
    json::object object;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Column& column = table.columns[i];
      object[column.key] = json_of(row[i]);
      if (column.as != Shown::use) continue;
      const auto& limit = row[i].limit;
      object[limit_key(column)] = limit ? json::value(*limit) : json::value(nullptr);
    }
    all.push_back(std::move(object));
  }
  return json::serialize(all) + "\n";
}

Result<Table> parse_table(std::string_view text, std::span<const Column> columns) {
  try {
    Table table{{columns.begin(), columns.end()}, {}};
    const json::value all = json::parse(json::string_view(text.data(), text.size()));
    for (const json::value& one : all.as_array()) {
      table.rows.push_back(row_of(one.as_object(), columns));
    }
    return table;
  } catch (const std::exception& error) {
    return Error{std::string("this is no table: ") + error.what()};
  }
}

bool is_json_list(std::string_view text, std::string_view key) {
  json::error_code error;
  const json::value all = json::parse(json::string_view(text.data(), text.size()), error);
  return !error && all.is_array() && std::ranges::all_of(all.get_array(), [&](const auto& one) {
    return one.is_object() && one.get_object().contains(json::string_view(key.data(), key.size()));
  });
}

}  // namespace mesh
