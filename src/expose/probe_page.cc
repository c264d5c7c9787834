// Two families of this page alone, and those of the catalogue that are about one look.
#include "expose/probe_page.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <system_error>
#include <utility>

#include "base/quoted.h"
#include "base/text.h"
#include "base/url_encoding.h"
#include "expose/families.h"
#include "expose/metrics_page.h"

namespace mesh {
namespace {

constexpr std::string_view module = "grpc_health";

void append(const FamilyBuilder& family, FamilyWriter& writer, std::string& text) {
  family.hand_out([&](FamilyPart part) { text += writer.add(std::move(part)); });
}

void append_gauge(std::string_view name, std::string_view help, double value, FamilyWriter& writer,
                  std::string& text) {
  const Metric metric{name, MetricKind::gauge, Section::grpc_health, {}, help};
  FamilyBuilder family(metric);
  family.state(Labels(), value);
  append(family, writer, text);
}

}  // namespace

Result<std::string> parse_probe_query(std::string_view query) {
  std::optional<std::string> target, asked;
  while (!query.empty()) {
    const std::string_view part = take_piece(query, '&');
    const auto equals = part.find('=');
    const auto value = percent_decode(equals == part.npos ? "" : part.substr(equals + 1));
    const std::string_view name = part.substr(0, equals);
    const bool known = name == "target" || name == "module";
    if (!known || !value) {
      return Error{"unknown parameter " + in_quotes(part) + "; expected target= and module="};
    }
    std::optional<std::string>& told = name == "target" ? target : asked;
    if (told) return Error{in_quotes(name) + " stands there twice"};
    told = *value;
  }
  if (asked.value_or(std::string(module)) != module) {
    return Error{"unknown module " + in_quotes(*asked) + "; expected " + std::string(module)};
  }
  if (!target) return Error{"no target; expected target= with the name of a configured probe"};
  return *target;
}

Result<std::optional<Duration>> parse_scrape_timeout(std::string_view header) {
  constexpr double longest = 24.0 * 60 * 60;
  constexpr double for_the_way_back = 0.5;
  if (header.empty()) return std::optional<Duration>();
  double said = 0;
  const auto [end, error] = std::from_chars(header.begin(), header.end(), said);
  if (error != std::errc() || end != header.end() || !std::isfinite(said)) {
    return Error{"X-Prometheus-Scrape-Timeout-Seconds: " + in_quotes(header) +
                 " is no number of seconds"};
  }
  if (said == 0) return std::optional<Duration>();
  const double rest = std::min(said, longest) - for_the_way_back;
  const std::chrono::duration<double> left(std::max(rest, 0.0));
  return std::optional(std::chrono::duration_cast<Duration>(left));
}

std::string_view why_not_asked(const ProbedNow& now) {
  for (const auto& one : now.states) {
    if (one->look.status == HealthStatus::not_asked) return one->look.words;
  }
  return "";
}

std::string probe_page(const ProbedNow& now, Duration took, Format format) {
  const bool up = now.not_asked == 0 && std::ranges::all_of(now.states, [](const auto& one) {
                    return is_up(one->look.status);
                  });
  FamilyWriter writer(format);
  std::string text;
  append_gauge("probe_success",
               "1 if each service is serving, or the server answers and has no health service.",
               up ? 1 : 0, writer, text);
  append_gauge("probe_duration_seconds", "How long this probe took, in seconds.", seconds(took),
               writer, text);
  Snapshot snapshot;
  snapshot.grpc_health = now.states;
  const SelfNumbers self{};
  const PageOptions options{};
  const Page page{snapshot, self, options};
  for (const FamilyMaker& maker : grpc_health_families()) {
    const Metric& metric = *find_metric(maker.metric);
    if (metric.kind == MetricKind::counter) continue;  // of the agent's own probes
    FamilyBuilder family(metric);
    maker.fill(page, family);
    append(family, writer, text);
  }
  return text += writer.finish();
}

}  // namespace mesh
