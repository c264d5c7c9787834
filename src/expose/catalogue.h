// The catalogue: the one list of every metric this program exports, with its type, its HELP text
// and its labels. The page takes its families from here (families.h), docs/metrics.md is rendered
// from here (reference.h), and tests hold the three against each other, so a metric cannot exist
// without being documented.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace mesh {

// `info` is a gauge that is always 1 and carries what it says in its labels.
enum class MetricKind { counter, gauge, histogram, info };

enum class Section {
  traffic,
  load_balance,
  connection,
  sidecar,
  grpc_health,
  certificate,
  target,
  exporter,
  process
};

inline constexpr std::size_t section_count = 9;

// As it is asked for by collect[] and exclude[]: "traffic".
std::string_view to_string(Section section);

struct Metric {
  std::string_view name;
  MetricKind kind;
  Section section;
  std::vector<std::string_view> labels;  // beyond the identity labels, in the order of the page
  // One line without a backslash: the writer of the text format does not escape it.
  std::string_view help;
};

// In the order of the page: by section.
std::span<const Metric> catalogue();

// Nothing if no metric has this name.
const Metric* find_metric(std::string_view name);

// Whether the series of a section are about a target and so carry the identity labels
// mesh, namespace, pod and workload.
bool has_identity(Section section);

struct LabelMeaning {
  std::string_view name;
  std::string_view meaning;
};

// What each label means, identity labels first.
std::span<const LabelMeaning> label_meanings();

}  // namespace mesh
