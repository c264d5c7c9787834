// What the pages share: badges, bars, tables that become lists on a phone, links that keep what was
// asked for, and the words under a list that was cut.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "expose/status/pages.h"
#include "expose/table.h"

namespace mesh {

// How bad it is. Never told by colour alone: a word stands beside it.
enum class Tone { idle, good, note, bad };
Tone tone_of(std::string_view severity);  // "critical", "warning", "info"

void write_badge(Html& html, Tone tone, std::string_view words);

// A share from 0 to 1 as a bar; for the eye only, the words beside it say the same.
void write_bar(Html& html, Tone tone, double share);

// Where a page is, with as much of the filter as it takes; and what it is as JSON.
std::string address_of(const StatusPage& page, const ReportFilter& filter);
std::string api_of(const StatusPage& page);

// A table, open until this ends: rows are opened in it, and then as many cells as columns, one
// after the other. Where there is no room for it each row is a list, and each cell says its column.
struct TableColumn {
  std::string_view title;
  bool number = false;
};
class PageTable {
 public:
  // `what` is its name for who cannot see it. The columns must outlive it.
  PageTable(Html& html, Literal what, std::span<const TableColumn> columns);

  Html::Element row();
  Html::Element cell();
  void cell(std::string_view words);
  // As wide as the table.
  Html::Element note();

 private:
  bool write_head();

  Html& html_;
  std::span<const TableColumn> columns_;
  std::size_t next_ = 0;  // column
  Html::Element table_;
  bool head_;
  Html::Element body_;
};

// A table of so many of the rows at most, each by `write`, until the page is full. How many it has.
template <typename Rows, typename Write>
std::size_t write_table(Html& html, Literal what, std::span<const TableColumn> columns,
                        const Rows& rows, std::size_t most, const Write& write) {
  PageTable table(html, what, columns);
  std::size_t shown = 0;
  for (; shown < std::min(rows.size(), most) && !html.full(); ++shown) write(rows[shown], table);
  return shown;
}

// "a.yaml and web.yml were read again and have errors". REQUIRES: not successful.
std::string refused_words(const ConfigLoad& load);

// "and 120 more …": what of a list is not shown, and how to see it. Nothing for 0.
void write_cut(Html& html, std::size_t left, const StatusPage& page);

std::string age_words(WallTime then, WallTime now);  // "1.8 s ago"
std::string percent_words(double share);             // "33 %", "0.42 %"
// "connection pinned" of "connection_pinned".
std::string spaced(std::string_view word);
std::string counted(std::size_t count, std::string_view one, std::string_view many);

}  // namespace mesh
