// Each format has its writer; what is done here is to call the right one.
#include "expose/metrics_page.h"

#include <prometheus/text_serializer.h>

#include <sstream>
#include <utility>
#include <vector>

#include "expose/families.h"
#include "expose/openmetrics.h"

namespace mesh {
namespace {

// prometheus-cpp writes the lines of HELP and TYPE before the samples of each part. A sample never
// begins like them.
void drop_comments(std::string& text) {
  std::size_t begin = 0;
  while (text.compare(begin, 1, "#") == 0) begin = text.find('\n', begin) + 1;
  text.erase(0, begin);
}

std::string prometheus_text(FamilyPart part) {
  const prometheus::TextSerializer serializer;
  std::ostringstream stream;
  std::vector<prometheus::MetricFamily> one(1);
  one.front() = std::move(part.family);
  serializer.Serialize(stream, one);
  std::string text = std::move(stream).str();
  if (!part.is_first) drop_comments(text);
  return text;
}

std::string openmetrics_text(const FamilyPart& part) {
  std::string text;
  if (part.is_first) append_openmetrics_head(part.family, text);
  append_openmetrics_samples(part.family, text);
  return text;
}

}  // namespace

std::string FamilyWriter::add(FamilyPart part) {
  switch (format_) {
    case Format::openmetrics: return openmetrics_text(part);
    case Format::protobuf: return messages_.add(part);
    case Format::prometheus_text: break;
  }
  return prometheus_text(std::move(part));
}

std::string FamilyWriter::finish() {
  return format_ == Format::openmetrics ? openmetrics_end : messages_.finish();
}

void render_metrics_page(const Page& page, Format format, const FamilyChoice& choice,
                         const std::function<void(std::string_view text)>& add) {
  FamilyWriter writer(format);
  each_family_part(page, choice, [&](FamilyPart part) { add(writer.add(std::move(part))); });
  add(writer.finish());
}

std::string render_metrics_page(const Page& page, Format format, const FamilyChoice& choice) {
  std::string whole;
  render_metrics_page(page, format, choice, [&](std::string_view text) { whole += text; });
  return whole;
}

}  // namespace mesh
