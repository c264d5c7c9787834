// Family by family, so that only one of them exists beside its text.
#include "expose/metrics_page.h"

#include <prometheus/text_serializer.h>

#include <sstream>
#include <utility>
#include <vector>

#include "expose/families.h"
#include "expose/openmetrics.h"

namespace mesh {
namespace {

std::string prometheus_text(prometheus::MetricFamily family) {
  const prometheus::TextSerializer serializer;
  std::ostringstream text;
  std::vector<prometheus::MetricFamily> one(1);
  one.front() = std::move(family);
  serializer.Serialize(text, one);
  return std::move(text).str();
}

std::string openmetrics_text(const prometheus::MetricFamily& family) {
  std::string text;
  append_openmetrics(family, text);
  return text;
}

}  // namespace

void render_metrics_page(const Page& page, Format format,
                         const std::function<void(std::string_view text)>& add) {
  const bool openmetrics = format == Format::openmetrics;
  each_family(page, [&](prometheus::MetricFamily family) {
    add(openmetrics ? openmetrics_text(family) : prometheus_text(std::move(family)));
  });
  if (openmetrics) add(openmetrics_end);
}

std::string render_metrics_page(const Page& page, Format format) {
  std::string whole;
  render_metrics_page(page, format, [&](std::string_view text) { whole += text; });
  return whole;
}

}  // namespace mesh
