// Plain HTML, put together by hand. Everything variable goes through html_text: names come from
// configuration and proxies.
#include "expose/landing_page.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "expose/human.h"
#include "expose/readiness.h"

namespace mesh {
namespace {

constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>mesh_exporter</title>
<style>
:root { --ink: #1c2430; --soft: #5b6675; --line: #d8dee6; --paper: #fff; --good: #146c2e;
  --bad: #b3261e; --link: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #9aa5b4; --line: #333c48;
  --paper: #14181e; --good: #6dd58c; --bad: #f2948c; --link: #8ab4f8; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h1 small { font-weight: normal; color: var(--soft); }
h2 { font-size: 1.1rem; margin-top: 2rem; } a { color: var(--link); } nav a { margin-right: 1.2em; }
div.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0;
  border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
.up { color: var(--good); } .down { color: var(--bad); font-weight: 600; }
.soft { color: var(--soft); } .error { overflow-wrap: anywhere; }
</style>
</head>
<body>
)";

std::string_view state_word(ProxyState state) {
  switch (state) {
    case ProxyState::live: return "";
    case ProxyState::draining: return " (draining)";
    case ProxyState::pre_initializing: return " (pre-initializing)";
    case ProxyState::initializing: return " (initializing)";
  }
  return "";
}

std::string cell(std::string_view html, std::string_view css_class = {}) {
  std::string text = css_class.empty() ? "<td>" : "<td class=\"" + std::string(css_class) + "\">";
  return text.append(html).append("</td>");
}

std::string state_cell(const TargetState& state) {
  if (state.up) return cell("up", "up");
  return state.last_attempt ? cell("down", "down") : cell("not asked yet", "soft");
}

std::string error_cell(const TargetState& state) {
  if (!state.failure) return cell("–", "soft");
  return cell(
      html_text(to_string(state.failure->reason)) + ": " + html_text(state.failure->message),
      "error");
}

std::string last_success_cell(const TargetState& state, WallTime now) {
  if (!state.last_success) return cell("never", "soft");
  return cell(human_seconds(seconds(now - *state.last_success)) + " ago");
}

std::string proxy_cell(const TargetState& state) {
  if (!state.proxy) return cell("–", "soft");
  return cell(html_text(state.target.mesh) + " " + html_text(state.proxy->version) +
              std::string(state_word(state.proxy->state)));
}

std::string cost_cell(const TargetState& state, Duration configured) {
  if (!state.last_attempt) return cell("–", "soft");
  std::string text = human_seconds(state.scrape_seconds) + ", " + human_bytes(state.scrape_bytes) +
                     ", every " + human_seconds(seconds(state.poll_interval));
  if (state.poll_interval > configured) text += " (backed off)";
  return cell(text);
}

void append_table(const Page& page, std::string& html) {
  std::vector<const TargetState*> targets;
  for (const auto& state : page.snapshot.targets) targets.push_back(state.get());
  std::ranges::stable_sort(targets, {}, [](const TargetState* state) { return state->up; });

  html +=
      "<div class=\"wide\"><table>\n<tr><th>target</th><th>workload</th><th>state</th>"
      "<th>last success</th><th>last error</th><th>proxy</th><th>last poll</th></tr>\n";
  for (const TargetState* state : targets) {
    html += "<tr>" + cell(html_text(target_id(state->target))) +
            cell(html_text(state->target.workload)) + state_cell(*state) +
            last_success_cell(*state, page.self.now) + error_cell(*state) + proxy_cell(*state) +
            cost_cell(*state, page.options.poll_interval) + "</tr>\n";
  }
  html += "</table></div>\n";
}

std::string link(std::string_view path, std::string_view words) {
  const std::string safe = html_text(path);
  return "<a href=\"" + safe + "\">" + std::string(words) + "</a>";
}

std::string summary(const Page& page) {
  const Snapshot& snapshot = page.snapshot;
  if (snapshot.pass.passes == 0) return "The first pass over all targets has not ended yet.";
  return std::to_string(targets_up(snapshot)) + " of " + std::to_string(snapshot.targets.size()) +
         " targets up. The last pass took " + human_seconds(snapshot.pass.total) +
         "; what is shown here is " + human_seconds(seconds(page.self.now - snapshot.at)) + " old.";
}

}  // namespace

std::string render_landing_page(const Page& page) {
  std::string html(head);
  html += "<h1>mesh_exporter <small>" + html_text(page.options.build.version) + "</small></h1>\n";
  html +=
      "<p>A Prometheus exporter for service meshes: it asks the sidecar proxies what they see of "
      "the calls between services, per gRPC method, and serves it as metrics.</p>\n<nav>";
  html += link(page.options.telemetry_path, "Metrics") + link("/-/ready", "Readiness") +
          link("/-/healthy", "Health") + "</nav>\n";
  if (page.options.started) {
    html += "<p class=\"soft\">Running for " +
            human_seconds(seconds(page.self.now - *page.options.started)) + ".</p>\n";
  }
  html += "<h2>Targets</h2>\n<p>" + summary(page) + "</p>\n";
  if (!page.snapshot.targets.empty()) append_table(page, html);
  return html += "</body>\n</html>\n";
}

}  // namespace mesh
