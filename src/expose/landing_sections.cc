// See landing_sections.h; the styles are those of the page (landing_page.cc).
#include "expose/landing_sections.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "expose/certificate_table.h"
#include "expose/human.h"

namespace mesh {
namespace {

// As many as somebody reads; all of them are in /diagnosis.
constexpr std::size_t most_findings = 50, most_problems = 10;
constexpr std::size_t longest_shown = 300;
constexpr std::size_t longest_line = 2 * longest_shown;  // of several names and words between

std::string badge(std::string_view style, std::string_view words) {
  std::string html = "<span class=\"is ";
  html.append(style).append("\">").append(words).append("</span>");
  return html;
}

std::string_view style_of(std::string_view severity) {
  if (severity == "critical") return "down";
  return severity == "warning" ? "note" : "";
}

std::string about_upstream(const Diagnosed& one) {
  if (one.upstream.empty()) return "";
  return "<div class=\"soft\">" + html_text(one.upstream, longest_shown) + "</div>";
}

// What `mesh_exporter diagnose` prints below the name of a finding, line by line: the cause, since
// when, the evidence, the remedy, and where in the runbook to read on.
std::string told_lines(const Diagnosed& one, std::int64_t now) {
  const std::string text = diagnosis_text({now, {one}, {}, {}, 1}, false);
  std::string_view rest = text;
  std::string html;
  const auto next_line = [&rest] {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    return line.substr(std::min(line.find_first_not_of(' '), line.size()));
  };
  next_line();  // severity, name and place have cells of their own
  html += html_text(next_line(), longest_line);
  while (!rest.empty()) html += "<div>" + html_text(next_line(), longest_line) + "</div>";
  return html;
}

}  // namespace

std::string findings_section(const Page& page, const Diagnosis& diagnosis) {
  const std::vector<Diagnosed>& all = diagnosis.found;
  if (all.empty()) return "";
  std::string html;
  const std::string cascade = cascade_words(page.snapshot, page.self.now);
  if (!cascade.empty()) {
    html += "<p class=\"error\">" + html_text(cascade, longest_line) + "</p>\n";
  }
  html += "<table>\n<thead><tr><th>found</th><th>where</th><th>what</th></tr></thead>\n";
  for (std::size_t i = 0; i < std::min(all.size(), most_findings); ++i) {
    const Diagnosed& one = all[i];
    html += "<tbody><tr><td>" + badge(style_of(one.severity), one.finding) + "</td><td>" +
            html_text(one.where, longest_shown) + about_upstream(one) + "</td><td>" +
            told_lines(one, diagnosis.at) + "</td></tr></tbody>\n";
  }
  html += "</table>\n";
  if (all.size() > most_findings) {
    html += "<p class=\"soft\">and " + std::to_string(all.size() - most_findings) +
            " more, see <a href=\"/diagnosis\">the diagnosis</a></p>\n";
  }
  return html;
}

std::string discovery_section(const Page& page) {
  std::string html;
  for (const DiscoveryState& state : page.snapshot.discovery->sources) {
    const std::size_t shown = std::min(state.problems.size(), most_problems);
    for (std::size_t i = 0; i < shown; ++i) {
      html += "<p>" + badge("note", "not found") + " " +
              html_text(state.problems[i], longest_line) + "</p>\n";
    }
    if (state.problems.size() == shown) continue;
    html += "<p class=\"soft\">and " + std::to_string(state.problems.size() - shown) +
            " more in targets by " + html_text(state.source, longest_shown) + "</p>\n";
  }
  const std::size_t others = page.snapshot.discovery->not_watched.size();
  if (others > 0) {
    html += "<p class=\"soft\">" + std::to_string(others) +
            (others == 1 ? " pod is" : " pods are") +
            " not watched: <a href=\"/targets\">targets</a> says why</p>\n";
  }
  return html;
}

std::string tls_endpoints_section(const Page& page) {
  const auto& endpoints = page.snapshot.tls_endpoints;
  if (endpoints.empty()) return "";
  std::string html =
      "<table>\n<thead><tr><th>TLS endpoint</th><th>state</th><th>last handshake</th>"
      "<th>negotiated</th></tr></thead>\n";
  for (const auto& state : endpoints) {
    const Handshake& shown = state->handshake;
    html += "<tbody><tr><td>" + html_text(where_of(*state), longest_shown) + "<div>" +
            html_text(to_string(state->address), longest_shown) + "</div></td><td>";
    html += !state->last_attempt ? badge("", "not asked yet")
                                 : badge(state->up ? "up" : "down", state->up ? "up" : "down");
    html += "</td><td>";
    if (state->last_attempt) html += human_seconds(state->handshake_seconds);
    html += "</td><td>";
    if (state->failure) {
      html +=
          "<span class=\"error\">" + html_text(state->failure->message, longest_shown) + "</span>";
    } else if (state->up) {
      html += html_text(shown.version + " " + shown.cipher + " " + shown.alpn, longest_shown);
    }
    if (shown.unreadable > 0) {
      html += "<div>" + html_text(shown.unreadable_sample, longest_shown) + "</div>";
    }
    html += "</td></tr></tbody>\n";
  }
  return html += "</table>\n";
}

std::string certificate_files_section(const Page& page) {
  std::string html;
  const auto tell = [&](std::uint64_t count, std::string_view of, std::size_t most) {
    if (count == 0) return;
    html.append("<p class=\"soft\">").append(std::to_string(count)).append(" certificates of ");
    html.append(of).append(" are not shown, those that expire last: more than ");
    html.append(std::to_string(most)).append(" are not shown at once</p>\n");
  };
  tell(page.snapshot.shown_files->left_out, "files", limits::file_certificates_shown);
  tell(page.snapshot.shown_secrets->left_out, "Secrets", limits::secret_certificates_shown);
  return html;
}

}  // namespace mesh
