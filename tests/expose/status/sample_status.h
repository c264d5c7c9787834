// What the tests of the status pages share: a page by its path, and a target well made.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "expose/sample_page.h"
#include "expose/status/pages.h"

namespace mesh::sample {

inline std::string status_page(std::string_view path, const Snapshot& snapshot,
                               const ReportFilter& filter = {},
                               const PageOptions& literal = options()) {
  const SelfNumbers numbers = self();
  return render_status_page(*find_status_page(path), {snapshot, numbers, literal}, filter);
}

// Only what stands between <main> and </main>.
inline std::string status_main(std::string_view path, const Snapshot& snapshot,
                               const ReportFilter& filter = {}) {
  const std::string html = status_page(path, snapshot, filter);
  const auto begin = html.find("<main"), end = html.find("</main>");
  return html.substr(begin, end - begin);
}

// A target of which there is nothing to remark.
inline TargetState well(std::string pod) {
  TargetState state = answering(std::move(pod));
  state.target.admin = Address{"127.0.0.1", 9901, ""};
  state.traffic.keys = keys({call("users:1", "Get", "OK")});
  return state;
}

}  // namespace mesh::sample
