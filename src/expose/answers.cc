// One function for each kind of page; see answers.h.
#include "expose/answers.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/quoted.h"
#include "base/text.h"
#include "compute/certificate_rows.h"
#include "compute/left_out.h"
#include "expose/certificate_table.h"
#include "expose/config_form.h"
#include "expose/diagnosis.h"
#include "expose/negotiate.h"
#include "expose/probe_page.h"
#include "expose/reports.h"
#include "expose/status/pages.h"
#include "expose/status_json.h"

namespace mesh {
namespace {

constexpr std::string_view api = "/api/v1/";

struct CertificatesQuery {
  RowOrder order = RowOrder::where;
  bool all = false;
  bool summary = false;
  ReportFilter filter;
};

// sort=ORDER and all=true beside what every report takes; summary=true of the JSON only.
Result<CertificatesQuery> parse_certificates_query(std::string_view rest, bool json) {
  CertificatesQuery query;
  std::string others;
  while (!rest.empty()) {
    const std::string_view part = take_piece(rest, '&');
    const auto wanted = part.starts_with("sort=") ? parse_row_order(part.substr(5)) : std::nullopt;
    if (wanted) {
      query.order = *wanted;
    } else if (part == "all=true" || part == "all=false") {
      query.all = part == "all=true";
    } else if (json && (part == "summary=true" || part == "summary=false")) {
      query.summary = part == "summary=true";
    } else {
      others.append(part).append("&");
    }
  }
  const std::string beside = std::string(json ? ", summary=true" : "") +
                             ", all=true, or sort= with " + std::string(row_orders);
  Result<ReportFilter> filter = parse_report_filter(others, false, beside);
  if (!filter) return filter.error();
  query.filter = std::move(*filter);
  return query;
}

PageAnswer refusal(const Error& error) {
  PageAnswer answer;
  answer.status = 400;
  answer.body = error.message + "\n";
  return answer;
}

PageAnswer json_answer(std::string body) {
  PageAnswer answer;
  answer.content_type = "application/json";
  answer.body = std::move(body);
  return answer;
}

PageAnswer text_answer(std::string body) {
  PageAnswer answer;
  answer.body = std::move(body);
  return answer;
}

PageAnswer answer_certificates(const PageQuestion& question, const Page& page, bool json) {
  const Result<CertificatesQuery> query = parse_certificates_query(question.query, json);
  if (!query) return refusal(query.error());
  const Snapshot& snapshot = page.snapshot;
  const WallTime now = page.self.now;
  std::vector<CertificateRow> rows = certificate_rows(snapshot, now, query->all, query->filter);
  sort_rows(rows, query->order);
  if (json && !query->summary) return json_answer(certificates_json(rows));
  const CertificateList list = certificate_list(rows, now, all_left_out(snapshot, query->filter),
                                                cut_off(snapshot, query->filter));
  return json ? json_answer(certificate_list_json(rows, list))
              : text_answer(certificate_text(list));
}

PageAnswer answer_diagnosis(const PageQuestion& question, const Page& page, bool json) {
  const Result<ReportFilter> filter = parse_report_filter(question.query, true);
  if (!filter) return refusal(filter.error());
  const Diagnosis diagnosis = diagnose(page, *filter);
  return json ? json_answer(diagnosis_json(diagnosis))
              : text_answer(diagnosis_text(diagnosis, false));
}

// Of what cannot be narrowed.
std::optional<Error> refuse_parameters(std::string_view query) {
  if (query.empty()) return std::nullopt;
  return Error{"unknown parameter " + in_quotes(take_piece(query, '&')) + "; expected none"};
}

PageAnswer answer_config(const PageQuestion& question, const Page& page, bool json) {
  if (const auto error = refuse_parameters(question.query)) return refusal(*error);
  static const Config none;
  const Config& config = page.options.in_force ? *page.options.in_force : none;
  return json ? json_answer(config_json(config)) : text_answer(config_yaml(config));
}

PageAnswer answer_status(const PageQuestion& question, const Page& page, bool) {
  if (const auto error = refuse_parameters(question.query)) return refusal(*error);
  return json_answer(status_json(page));
}

PageAnswer answer_report(const Report& report, const PageQuestion& question, const Page& page,
                         bool json) {
  const Result<ReportFilter> filter = parse_report_filter(question.query, report.by_upstream);
  if (!filter) return refusal(filter.error());
  const Table table = report.make(page, *filter);
  return json ? json_answer(table_json(table)) : text_answer(table_text(table));
}

// Those that are no report.
struct Other {
  std::string_view name;
  PageAnswer (*answer)(const PageQuestion& question, const Page& page, bool json);
  bool as_text = true;  // whether it is a page, too, or JSON only
};
constexpr Other others[] = {{"certificates", answer_certificates},
                            {"diagnosis", answer_diagnosis},
                            {"config", answer_config},
                            {"status", answer_status, false}};

const Other* find_other(std::string_view name) {
  const auto found = std::ranges::find(others, name, &Other::name);
  return found == std::end(others) ? nullptr : &*found;
}

// "endpoints" of "/endpoints" and of "/api/v1/endpoints".
std::string_view name_in(std::string_view path) {
  path.remove_prefix(path.starts_with(api) ? api.size() : std::min<std::size_t>(1, path.size()));
  return path;
}

// A browser may ask for the order of the text, too; its own page has the one that matters.
Result<ReportFilter> filter_of(const StatusPage& which, std::string_view query) {
  if (which.path == "/certificates") {
    Result<CertificatesQuery> asked = parse_certificates_query(query, false);
    if (!asked) return asked.error();
    return std::move(asked->filter);
  }
  return parse_report_filter(query, which.by_upstream);
}

PageAnswer answer_browser(const StatusPage& which, const PageQuestion& question, const Page& page) {
  const Result<ReportFilter> filter = filter_of(which, question.query);
  if (!filter) return refusal(filter.error());
  PageAnswer answer;
  answer.content_type = "text/html; charset=utf-8";
  answer.body = render_status_page(which, page, *filter);
  answer.for_browser = true;
  return answer;
}

}  // namespace

bool is_page_path(std::string_view path) {
  if (path == "/") return true;
  if (!path.starts_with('/')) return false;
  const Other* other = find_other(name_in(path));
  if (other) return other->as_text || path.starts_with(api);
  return find_report(name_in(path)) != nullptr;
}

bool is_taken_path(std::string_view path) {
  return path.starts_with("/-/") || path == probe_path || (path != "/" && is_page_path(path));
}

PageAnswer answer_page(const PageQuestion& question, const Page& page) {
  const bool json = question.path.starts_with(api);
  const StatusPage* const shown = json ? nullptr : find_status_page(question.path);
  if (shown && (question.path == "/" || prefers_html(question.accept))) {
    PageAnswer answer = answer_browser(*shown, question, page);
    answer.by_accept = question.path != "/";
    return answer;
  }
  const std::string_view name = name_in(question.path);
  const Report* const report = find_report(name);
  PageAnswer answer = report ? answer_report(*report, question, page, json)
                             : find_other(name)->answer(question, page, json);
  answer.by_accept = !json;
  return answer;
}

std::string page_names() {
  std::string names = "/certificates, /diagnosis, ";
  for (const Report& report : reports()) names += "/" + std::string(report.name) + ", ";
  return names + "/config, all of these below /api/v1 as JSON, /api/v1/status, ";
}

}  // namespace mesh
