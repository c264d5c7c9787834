// See landing_sections.h; the styles are those of the page (landing_page.cc).
#include "expose/landing_sections.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "compute/findings.h"
#include "expose/certificate_table.h"
#include "expose/human.h"

namespace mesh {
namespace {

// As many as somebody reads; all of them are on /metrics.
constexpr std::size_t most_findings = 50;
constexpr std::size_t longest_shown = 300;

std::string badge(std::string_view style, std::string_view words) {
  std::string html = "<span class=\"is ";
  html.append(style).append("\">").append(words).append("</span>");
  return html;
}

std::string_view style_of(Severity severity) {
  switch (severity) {
    case Severity::critical: return "down";
    case Severity::warning: return "note";
    case Severity::info: return "";
  }
  return "";
}

std::string about_upstream(const Finding& one) {
  if (one.upstream.empty()) return "";
  return "<div class=\"soft\">" + html_text(one.upstream, longest_shown) + "</div>";
}

}  // namespace

std::string findings_section(const Page& page) {
  std::vector<Finding> all = findings(page.snapshot, page.self.now);
  if (all.empty()) return "";
  std::ranges::stable_sort(all, std::ranges::greater(), &Finding::severity);
  std::string html;
  const std::string cascade = cascade_words(page.snapshot, page.self.now);
  if (!cascade.empty())
    html += "<p class=\"error\">" + html_text(cascade, 2 * longest_shown) + "</p>\n";
  html += "<table>\n<thead><tr><th>found</th><th>where</th><th>what</th></tr></thead>\n";
  for (std::size_t i = 0; i < std::min(all.size(), most_findings); ++i) {
    const Finding& one = all[i];
    html += "<tbody><tr><td>" + badge(style_of(one.severity), one.name) + "</td><td>" +
            html_text(one.where, longest_shown) + about_upstream(one) + "</td><td>" +
            html_text(one.cause, longest_shown);
    if (!one.remedy.empty()) {
      html += "<div class=\"soft\">" + html_text(one.remedy, longest_shown) + "</div>";
    }
    html += "</td></tr></tbody>\n";
  }
  html += "</table>\n";
  if (all.size() > most_findings) {
    html += "<p class=\"soft\">and " + std::to_string(all.size() - most_findings) +
            " more, see mesh_finding</p>\n";
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
  const std::uint64_t count = page.snapshot.shown_files->left_out;
  if (count == 0) return "";
  return "<p class=\"soft\">" + std::to_string(count) +
         " certificates of files are not shown, those that expire last: more than " +
         std::to_string(limits::file_certificates_shown) + " are not shown at once</p>\n";
}

}  // namespace mesh
