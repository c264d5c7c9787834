// Short tables and lists; see other_targets.h.
#include "expose/status/other_targets.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/limits.h"
#include "expose/human.h"
#include "expose/status/parts.h"

namespace mesh {
namespace {

constexpr std::size_t most_shown = 100, most_problems = 20;

constexpr std::array<TableColumn, 4> tls_columns{
    {{"TLS server"}, {"State"}, {"Handshake"}, {"Negotiated"}}};

void write_endpoint(const TlsEndpointState& state, PageTable& table, Html& html) {
  const Handshake& told = state.handshake;
  const auto row = table.row();
  {
    const auto cell = table.cell();
    html.element("b", where_of(state));
    html.element("div", {{"class", "soft"}}, to_string(state.address));
  }
  {
    const auto cell = table.cell();
    if (!state.last_attempt) {
      write_badge(html, Tone::idle, "not asked yet");
    } else {
      write_badge(html, state.up ? Tone::good : Tone::bad, state.up ? "up" : "down");
    }
  }
  table.cell(state.last_attempt ? human_seconds(state.handshake_seconds) : "–");
  const auto cell = table.cell();
  if (state.failure) {
    html.element("span", {{"class", "alarm"}}, state.failure->message);
  } else if (state.up) {
    html.text(told.version + " " + told.cipher + " " + told.alpn);
  }
  if (told.unreadable > 0) html.element("div", told.unreadable_sample);
}

}  // namespace

void write_tls_endpoints(const Page& page, const ReportFilter& filter, Html& html) {
  std::vector<const TlsEndpointState*> endpoints;
  for (const auto& state : page.snapshot.tls_endpoints) {
    if (filter.lets(state->whose)) endpoints.push_back(state.get());
  }
  if (endpoints.empty()) return;
  std::ranges::stable_sort(endpoints, {}, [](const auto* state) { return state->up; });
  html.element("h2", "TLS servers");
  const std::size_t shown =
      write_table(html, "TLS servers", tls_columns, endpoints, most_shown,
                  [&](const auto* one, PageTable& table) { write_endpoint(*one, table, html); });
  if (shown < endpoints.size()) {
    html.element(
        "p", {{"class", "cut"}},
        "and " + std::to_string(endpoints.size() - shown) + " more, which are not shown here");
  }
}

void write_not_watched(const Page& page, const ReportFilter& filter, Html& html) {
  std::vector<std::string> lines;
  for (const NotWatched& one : page.snapshot.discovery->not_watched) {
    Target who;
    who.mesh = one.mesh;
    who.ns = one.ns;
    who.pod = one.pod;
    if (filter.lets(who)) lines.push_back(target_id(who) + ": " + one.reason);
  }
  if (lines.empty()) return;
  html.element("h2", "Found, and not watched");
  const auto list = html.open("ul");
  const std::size_t shown = std::min(lines.size(), most_shown);
  for (std::size_t i = 0; i < shown; ++i) html.element("li", lines[i]);
  if (lines.size() == shown) return;
  const auto rest = html.open("li");
  html.text("and " + std::to_string(lines.size() - shown) + " more, see ");
  html.element("a", {{"href", "/api/v1/targets"}}, "all of them as JSON");
}

void write_discovery_problems(const Page& page, Html& html) {
  for (const DiscoveryState& source : page.snapshot.discovery->sources) {
    if (source.problems.empty()) continue;
    html.element("h2", "Cannot be found or read, by " + source.source);
    const auto list = html.open("ul", {{"class", "alarm"}});
    const std::size_t shown = std::min(source.problems.size(), most_problems);
    for (std::size_t i = 0; i < shown; ++i) {
      const auto item = html.open("li");
      html.text(source.problems[i], 2 * Html::longest_text);
    }
    if (source.problems.size() > shown) {
      html.element("li", "and " + std::to_string(source.problems.size() - shown) + " more");
    }
  }
  const auto tell = [&](std::uint64_t count, const std::string& of, std::size_t most) {
    if (count == 0) return;
    html.element("p", {{"class", "soft"}},
                 std::to_string(count) + " certificates of " + of +
                     " are not shown, those that expire last: more than " + std::to_string(most) +
                     " are not shown at once");
  };
  tell(page.snapshot.shown_files->left_out, "files", limits::file_certificates_shown);
  tell(page.snapshot.shown_secrets->left_out, "Secrets", limits::secret_certificates_shown);
}

}  // namespace mesh
