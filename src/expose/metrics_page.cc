// Family by family, so that only one of them exists beside the text.
#include "expose/metrics_page.h"

#include <prometheus/text_serializer.h>

#include <sstream>
#include <utility>
#include <vector>

#include "expose/families.h"
#include "expose/openmetrics.h"

namespace mesh {
namespace {

std::string render_prometheus_text(const Page& page) {
  const prometheus::TextSerializer serializer;
  std::ostringstream text;
  each_family(page, [&](prometheus::MetricFamily family) {
    std::vector<prometheus::MetricFamily> one(1);
    one.front() = std::move(family);
    serializer.Serialize(text, one);
  });
  return std::move(text).str();
}

std::string render_openmetrics(const Page& page) {
  std::string text;
  each_family(page,
              [&](const prometheus::MetricFamily& family) { append_openmetrics(family, text); });
  return text += openmetrics_end;
}

}  // namespace

std::string render_metrics_page(const Page& page, Format format) {
  return format == Format::openmetrics ? render_openmetrics(page) : render_prometheus_text(page);
}

}  // namespace mesh
