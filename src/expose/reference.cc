// Markdown from the catalogue. A test holds the file against this, so the two cannot part.
#include "expose/reference.h"

#include <array>
#include <string_view>

#include "expose/catalogue.h"

namespace mesh {
namespace {

struct Chapter {
  Section section;
  std::string_view title, introduction;
};

constexpr std::array chapters{
    Chapter{Section::traffic, "Traffic",
            "What the sidecars counted of the calls that went through them. Counters carry the "
            "truth and go on where they stopped when a proxy restarts or a series returns; rates "
            "and ratios are over the window and exact at both its ends."},
    Chapter{Section::load_balance, "Load balance",
            "What each client's sidecar sends to each endpoint of each upstream."},
    Chapter{Section::connection, "Connections",
            "The connection pool of each upstream of each sidecar: what is in use and how much may "
            "be, what its limits refused, and what failed on the way."},
    Chapter{Section::sidecar, "Sidecar", "What each proxy says of itself."},
    Chapter{Section::grpc_health, "gRPC health",
            "What gRPC servers say when this exporter itself asks them (`probes.grpc`, and pods "
            "that opt in), sidecar or none."},
    Chapter{Section::certificate, "Certificates",
            "The certificates in use, their countdown, their rotation, and the connections that "
            "outlive them. Of several under one identity the newest is in use; the older ones are "
            "on `mesh_certificate_info` only."},
    Chapter{Section::target, "Targets",
            "How well each target can be read: whether the metrics above may be believed."},
    Chapter{Section::exporter, "The exporter", "The exporter's own state."},
    Chapter{Section::process, "The exporter's process",
            "What the exporter costs, under the names all Prometheus client libraries use."},
};

std::string_view kind_word(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter: return "counter";
    case MetricKind::gauge: return "gauge";
    case MetricKind::histogram: return "histogram";
    case MetricKind::info: return "gauge, always 1";
  }
  return "";
}

// A cell of a table ends at a vertical bar.
void append_cell(std::string_view text, std::string& page) {
  page += "| ";
  for (const char c : text) {
    if (c == '|') page += '\\';
    page += c;
  }
  page += ' ';
}

std::string label_list(const Metric& metric) {
  std::string list;
  for (const std::string_view label : metric.labels) {
    list.append(list.empty() ? "`" : ", `").append(label).append("`");
  }
  return list.empty() ? "–" : list;
}

void append_chapter(const Chapter& chapter, std::string& page) {
  page.append("\n## ").append(chapter.title).append("\n\n").append(chapter.introduction);
  page.append(" Group `").append(to_string(chapter.section)).append("`.");
  page += has_identity(chapter.section) ? " Each series has the identity labels.\n"
                                        : " No identity labels.\n";
  page += "\n| metric | type | labels | meaning |\n|---|---|---|---|\n";
  for (const Metric& metric : catalogue()) {
    if (metric.section != chapter.section) continue;
    append_cell("`" + std::string(metric.name) + "`", page);
    append_cell(kind_word(metric.kind), page);
    append_cell(label_list(metric), page);
    append_cell(metric.help, page);
    page += "|\n";
  }
}

}  // namespace

std::string render_metrics_reference() {
  std::string page =
      "# Metrics\n\n"
      "Every metric that mesh_exporter exports. This page is generated from the catalogue in\n"
      "`src/expose/catalogue.cc`; change it there.\n"
      "\n## Labels\n\n"
      "Series about a target carry the identity labels `mesh`, `namespace`, `pod` and `workload`.\n"
      "To Prometheus an empty label and a missing one are the same.\n\n"
      "Each section below is a group: `/metrics?collect[]=certificate&collect[]=target` has only\n"
      "these, `/metrics?exclude[]=load_balance` all but that one.\n\n"
      "| label | meaning |\n|---|---|\n";
  for (const LabelMeaning& label : label_meanings()) {
    append_cell("`" + std::string(label.name) + "`", page);
    append_cell(label.meaning, page);
    page += "|\n";
  }
  for (const Chapter& chapter : chapters) append_chapter(chapter, page);
  return page;
}

}  // namespace mesh
