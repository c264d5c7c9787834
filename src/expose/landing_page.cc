// Plain HTML, put together by hand. Everything variable goes through shown(): names come from
// configuration and proxies.
#include "expose/landing_page.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <string_view>
#include <vector>

#include "base/binary_bytes.h"
#include "base/duration.h"
#include "compute/version_skew.h"
#include "expose/diagnosis.h"
#include "expose/human.h"
#include "expose/landing_sections.h"
#include "expose/readiness.h"
#include "expose/remarks.h"
#include "expose/reports.h"

namespace mesh {
namespace {

// The policy is a second lock: should markup get in after all, a browser runs and loads nothing.
constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<style>
:root { --ink: #1c2430; --soft: #5b6675; --line: #d8dee6; --paper: #fff; --good: #146c2e;
  --good-bg: #dff3e4; --note: #7a4b00; --note-bg: #fdeecb; --bad: #a4161a; --bad-bg: #fbe0de;
  --idle-bg: #e9edf2; --link: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #9aa5b4; --line: #333c48;
  --paper: #14181e; --good: #7ddc9a; --good-bg: #173322; --note: #f4c66b; --note-bg: #3a2c0e;
  --bad: #ff9c94; --bad-bg: #43191b; --idle-bg: #262d37; --link: #8ab4f8; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 72rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; margin: 0; } a { color: var(--link); }
nav { margin: .4rem 0 1.6rem; } nav a { margin-right: 1.2em; white-space: nowrap; }
.sum { font-size: 1.3rem; font-weight: 600; margin: 0; }
.sum + p { margin: .1rem 0 1.4rem; } .soft, th, footer { color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
tbody { border-top: 1px solid var(--line); } td > div { color: var(--soft); font-size: .88rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem 1.2rem .5rem 0; }
th { font-weight: 600; font-size: .88rem; } td { min-width: 5.5rem; }
td:first-child { min-width: 14rem; }
.is { display: inline-block; padding: 0 .6em; border-radius: 1em; font-weight: 600;
  white-space: nowrap; background: var(--idle-bg); }
.up { color: var(--good); background: var(--good-bg); }
.note { color: var(--note); background: var(--note-bg); }
.down { color: var(--bad); background: var(--bad-bg); }
ul { margin: -.3rem 0 .2rem; padding-left: 1.1rem; } .error { color: var(--bad); }
footer { border-top: 1px solid var(--line); margin-top: 1.5rem; padding-top: .6rem;
  font-size: .88rem; }
@media (max-width: 46rem) { thead { display: none; } table, tbody, tr, td { display: block; }
  tbody { padding: .6rem 0; } td { padding: .1rem 0; }
  td[data-is]::before { content: attr(data-is) ": "; color: var(--soft); } ul { margin: 0; } }
</style>
)";

// Longer than any honest name or message; what a proxy made up ends here.
constexpr std::size_t longest_shown = 300;

std::string shown(std::string_view text) { return html_text(text, longest_shown); }

std::string age(WallTime then, WallTime now) { return human_seconds(seconds(now - then)) + " ago"; }

std::string configured_form(Duration duration) {
  return format_duration(std::chrono::duration_cast<std::chrono::milliseconds>(duration));
}

// A query of the metrics page may hold a secret, and a failing server may say it back.
std::string without_query(std::string text, const Target& target) {
  const std::string path = target.metrics ? target.metrics->path : "";
  const std::string query = path.substr(std::min(path.find('?'), path.size()));
  if (query.size() < 2) return text;
  for (auto at = text.find(query); at != std::string::npos; at = text.find(query, at)) {
    text.replace(at, query.size(), "?…");
    at += std::string_view("?…").size();
  }
  return text;
}

// Where the target is asked.
std::string address_words(const Target& target) {
  if (target.admin) return "admin " + to_string(*target.admin) + where_else(target);
  if (target.grpc) return "gRPC " + to_string(target.grpc->address);
  if (!target.metrics) return "no address";
  return without_query("metrics " + to_string(target.metrics->address) + target.metrics->path,
                       target);
}

// `name` stands before the content where there is no room for a table.
std::string cell(std::string_view name, std::string_view html) {
  std::string text = "<td data-is=\"";
  return text.append(name).append("\">").append(html).append("</td>");
}

std::string soft(std::string_view html) {
  return std::string("<span class=\"soft\">").append(html).append("</span>");
}

std::string target_cell(const Target& target) {
  std::string text = "<td><b>" + shown(target_id(target)) + "</b><div>";
  if (!target.workload.empty()) text += shown(target.workload) + " · ";
  return text + shown(target.mesh) + " · " + shown(address_words(target)) + "</div></td>";
}

std::string state_cell(const TargetState& state, std::size_t remarks) {
  if (!state.last_attempt) return cell("state", "<span class=\"is\">not asked yet</span>");
  if (!state.up) return cell("state", "<span class=\"is down\">down</span>");
  if (remarks == 0) return cell("state", "<span class=\"is up\">up</span>");
  return cell("state", "<span class=\"is note\">up, " + std::to_string(remarks) +
                           (remarks == 1 ? " remark</span>" : " remarks</span>"));
}

std::string last_success_cell(const TargetState& state, WallTime now) {
  return cell("last success", state.last_success ? age(*state.last_success, now) : soft("never"));
}

std::string last_poll_cell(const TargetState& state) {
  if (!state.last_attempt) return cell("last poll", soft("–"));
  return cell("last poll",
              human_seconds(state.scrape_seconds) + ", " + human_bytes(state.scrape_bytes));
}

// "; memory 148 MiB of 256 MiB", as far as that is known.
std::string memory_words(const TargetState& state) {
  if (!state.resources || !state.resources->working_set) return "";
  const std::string used = "; memory " + binary_bytes(*state.resources->working_set);
  const auto& limit = state.resources->memory_limit;
  return limit ? used + " of " + binary_bytes(*limit) : used;
}

std::string proxy_cell(const TargetState& state) {
  if (state.plane) {
    const std::string version(plane_version(state));
    return cell("proxy", "control plane " + (version.empty() ? soft("unknown") : shown(version)));
  }
  if (!state.proxy) {
    const std::string library = state.library.empty() ? soft("unknown") : shown(state.library);
    return cell("proxy", library + memory_words(state));
  }
  std::string text = state.proxy->version.empty() ? "" : shown(state.proxy->version) + ", ";
  text += state.proxy->started ? "up " + human_seconds(state.uptime_seconds) : "start unknown";
  return cell("proxy", text + memory_words(state));
}

std::string last_error(const TargetState& state, WallTime now) {
  if (!state.last_failure) return "";
  const std::string words = std::string(to_string(state.last_failure->reason)) + ": " +
                            without_query(state.last_failure->message, state.target);
  if (!state.up) return "<li class=\"error\">last error: " + shown(words) + "</li>";
  const std::string when = state.last_failure_at ? " " + age(*state.last_failure_at, now) : "";
  return "<li class=\"soft\">last error" + when + ": " + shown(words) + "</li>";
}

// A row of its own under the target's, as wide as the table.
std::string notes_row(const std::string& list) {
  if (list.empty()) return "";
  return "<tr><td colspan=\"6\"><ul>" + list + "</ul></td></tr>\n";
}

std::string target_rows(const TargetState& state, const Page& page) {
  const std::vector<std::string> said = remarks(state, page.options.poll_interval);
  std::string html = "<tbody>\n<tr>" + target_cell(state.target) + state_cell(state, said.size()) +
                     last_success_cell(state, page.self.now) + last_poll_cell(state) +
                     cell("every", configured_form(state.poll_interval)) + proxy_cell(state) +
                     "</tr>\n";
  std::string list;
  if (!state.up) list += last_error(state, page.self.now);
  for (const std::string& remark : said) {
    list += "<li>" + shown(without_query(remark, state.target)) + "</li>";
  }
  if (state.up) list += last_error(state, page.self.now);
  return html.append(notes_row(list)).append("</tbody>\n");
}

bool has_remarks(const TargetState& state, const Page& page) {
  return state.up && !remarks(state, page.options.poll_interval).empty();
}

// What needs somebody stands first: who is down, who was never asked, who has remarks.
std::vector<const TargetState*> by_need(const Page& page) {
  std::vector<const TargetState*> targets;
  for (const auto& state : page.snapshot.targets) targets.push_back(state.get());
  const auto rank = [&page](const TargetState* state) {
    if (!state->up) return state->last_attempt ? 0 : 1;
    return has_remarks(*state, page) ? 2 : 3;
  };
  std::ranges::stable_sort(targets, {}, rank);
  return targets;
}

void append_table(const Page& page, std::string& html) {
  html +=
      "<table>\n<thead><tr><th>target</th><th>state</th><th>last success</th><th>last poll</th>"
      "<th>every</th><th>proxy</th></tr></thead>\n";
  for (const TargetState* state : by_need(page)) html += target_rows(*state, page);
  html += "</table>\n";
}

// "2 critical, 1 info; ", or "" if nothing is found.
std::string found_words(const Diagnosis& diagnosis) {
  std::string words;
  for (const Severity severity : {Severity::critical, Severity::warning, Severity::info}) {
    const auto count =
        std::ranges::count(diagnosis.found, to_string(severity), &Diagnosed::severity);
    if (count == 0) continue;
    words += (words.empty() ? "" : ", ") + std::to_string(count) + " ";
    words += to_string(severity);
  }
  return words.empty() ? "" : words + "; ";
}

std::string summary(const Page& page, const Diagnosis& diagnosis) {
  const auto& targets = page.snapshot.targets;
  const auto noted = std::ranges::count_if(
      targets, [&page](const auto& state) { return has_remarks(*state, page); });
  std::string words = found_words(diagnosis) + std::to_string(targets.size()) +
                      (targets.size() == 1 ? " target, " : " targets, ") +
                      std::to_string(targets_up(page.snapshot)) + " answered";
  if (noted > 0) words += ", " + std::to_string(noted) + " with remarks";
  return words;
}

// How old all this is.
std::string freshness(const Page& page) {
  const Snapshot& snapshot = page.snapshot;
  if (snapshot.pass.passes == 0) return "The first pass over all targets has not ended yet.";
  return "The last pass took " + human_seconds(snapshot.pass.total) + "; what is shown here is " +
         human_seconds(seconds(page.self.now - snapshot.at)) + " old.";
}

std::string link(std::string_view path, std::string_view words) {
  const std::string safe = html_text(path);
  return "<a href=\"" + safe + "\">" + std::string(words) + "</a>";
}

std::string navigation(const Page& page) {
  std::string links =
      link(page.options.telemetry_path, "Metrics") + link("/diagnosis", "Diagnosis");
  for (const Report& report : reports()) {
    std::string words(report.name);
    words.front() = static_cast<char>(std::toupper(words.front()));
    links += link("/" + std::string(report.name), words);
  }
  links += link("/certificates?sort=remaining", "Certificates");
  return "<nav>" + links + link("/-/ready", "Readiness") + link("/-/healthy", "Health") +
         "</nav>\n";
}

std::string footer(const Page& page) {
  const BuildInfo& build = page.options.build;
  std::string text = "<footer>mesh_exporter " + shown(build.version);
  if (!build.revision.empty()) text += ", commit " + shown(build.revision);
  text +=
      ", " + shown(build.kind) + " build, " + shown(build.compiler) + ", " + shown(build.platform);
  if (page.options.started) {
    text += " · running for " + human_seconds(seconds(page.self.now - *page.options.started));
  }
  return text + "</footer>\n";
}

}  // namespace

std::string render_landing_page(const Page& page) {
  const Diagnosis diagnosis = diagnose(page, {});
  const std::string sum = summary(page, diagnosis);
  std::string html(head);
  html += "<title>" + sum + " – mesh_exporter</title>\n</head>\n<body>\n";
  html += "<h1>mesh_exporter</h1>\n" + navigation(page);
  html += "<p class=\"sum\">" + sum + "</p>\n<p class=\"soft\">" + freshness(page) + "</p>\n";
  html += findings_section(page, diagnosis);
  if (!page.snapshot.targets.empty()) append_table(page, html);
  html += discovery_section(page);
  html += tls_endpoints_section(page);
  html += certificate_files_section(page);
  return html += footer(page) + "</body>\n</html>\n";
}

}  // namespace mesh
