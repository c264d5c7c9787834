// Severity in words, then what, where, why, and what to do; see findings_list.h.
#include "expose/status/findings_list.h"

#include <algorithm>
#include <map>

#include "base/duration.h"
#include "expose/certificate_table.h"
#include "expose/status/parts.h"

namespace mesh {
namespace {

constexpr std::size_t longest_sentence = 2 * Html::longest_text;  // of several names

void write_sentence(Html& html, Literal kind, std::string_view title, std::string_view words) {
  if (words.empty()) return;
  const auto sentence = html.open("p", {{"class", std::string(kind.view())}});
  if (!title.empty()) {
    html.element("b", title);
    html.text(" ");
  }
  html.text(words, longest_sentence);
}

void write_place(Html& html, const Diagnosed& one) {
  const auto place = html.open("span", {{"class", "where"}});
  html.text(one.where);
  if (one.upstream.empty()) return;
  html.text(" → ");
  html.text(one.upstream);
}

void write_evidence(Html& html, const Diagnosed& one, std::int64_t now) {
  if (one.evidence.empty()) return;
  const auto list = html.open("ul", {{"class", "evidence"}, {"aria-label", "Evidence"}});
  for (const Diagnosed::Number& number : one.evidence) {
    html.element("li", evidence_words(number, now));
  }
}

void write_more(Html& html, const Page& page, const Diagnosed& one, std::int64_t now) {
  const auto more = html.open("p", {{"class", "soft"}});
  if (one.since > 0) html.text("since " + format_roughly(now - one.since) + " ago · ");
  const std::string& base = page.options.runbook_base;
  if (base.empty()) {
    html.text("more: " + runbook_of(one.finding));
  } else {
    html.element("a", {{"href", base + "#" + one.finding}}, "runbook: " + one.finding);
  }
}

void write_finding(const Page& page, const Diagnosed& one, std::int64_t now, Html& html) {
  const Tone tone = tone_of(one.severity);
  const auto card = html.open("article", {{"class", "finding " + one.severity}});
  {
    const auto title = html.open("h3");
    write_badge(html, tone, one.severity);
    html.text(" ");
    html.element("code", one.finding);
    html.text(" ");
    write_place(html, one);
  }
  write_sentence(html, "cause", "", one.cause);
  write_sentence(html, "remedy", "Remedy:", one.remedy);
  write_evidence(html, one, now);
  write_more(html, page, one, now);
}

// "and 64 more: 60 certificate_expiring, 4 idle_endpoint; see all findings …"
void write_left_out(const std::map<std::string, std::size_t>& left_out, const ReportFilter& filter,
                    Html& html) {
  std::size_t all = 0;
  std::string kinds;
  for (const auto& [finding, count] : left_out) {
    all += count;
    kinds.append(kinds.empty() ? "" : ", ").append(std::to_string(count) + " " + finding);
  }
  const StatusPage& findings = *find_status_page("/diagnosis");
  const auto rest = html.open("p", {{"class", "cut"}});
  html.text("and " + std::to_string(all) + " more: ");
  html.text(kinds, longest_sentence);
  html.text("; see ");
  html.element("a", {{"href", address_of(findings, filter)}}, "all findings");
  html.text(" or ");
  html.element("a", {{"href", api_of(findings)}}, "the diagnosis as JSON");
}

// What nobody is woken by yet, but is not fine either.
void write_pending(const Diagnosis& diagnosis, std::size_t most, Html& html) {
  if (diagnosis.pending.empty()) return;
  html.element("h2", "Seen now, and not for long enough to be a finding");
  const auto list = html.open("ul");
  const std::size_t shown = std::min(diagnosis.pending.size(), most);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto item = html.open("li");
    html.text(pending_words(diagnosis.pending[i], diagnosis.at), longest_sentence);
  }
  const std::size_t rest = diagnosis.pending.size() - shown;
  if (rest > 0) html.element("li", "and " + std::to_string(rest) + " more");
}

}  // namespace

std::string found_words(const Diagnosis& diagnosis) {
  std::string words;
  for (const Severity severity : {Severity::critical, Severity::warning, Severity::info}) {
    const auto count =
        std::ranges::count(diagnosis.found, to_string(severity), &Diagnosed::severity);
    if (count == 0) continue;
    words += (words.empty() ? "" : ", ") + std::to_string(count) + " ";
    words += to_string(severity);
  }
  if (!words.empty()) return words;
  if (diagnosis.seen == 0) return "nothing could be looked at";
  if (!diagnosis.pending.empty()) return "none that lasts long enough yet";
  return diagnosis.unseen.empty() ? "nothing is wrong" : "nothing found in what could be seen";
}

void write_findings_list(const Page& page, const ReportFilter& filter, const Diagnosis& diagnosis,
                         const FindingsShown& limits, Html& html) {
  const std::string cascade = cascade_words(cut_off(page.snapshot, filter), page.self.now);
  if (!cascade.empty()) write_sentence(html, "alarm", "", cascade);
  html.element("h2", {{"class", "sum"}}, "Findings: " + found_words(diagnosis));
  std::map<std::string, std::size_t> alike, left_out;
  std::size_t shown = 0;
  for (const Diagnosed& one : diagnosis.found) {
    if (shown >= limits.most || alike[one.finding] >= limits.most_alike || html.full()) {
      ++left_out[one.finding];
      continue;
    }
    write_finding(page, one, diagnosis.at, html);
    ++alike[one.finding];
    ++shown;
  }
  if (!left_out.empty()) write_left_out(left_out, filter, html);
  write_pending(diagnosis, limits.most, html);
}

}  // namespace mesh
