// The list, and the frame around every page; see pages.h.
#include "expose/status/pages.h"

#include <algorithm>
#include <array>

#include "base/duration.h"
#include "expose/human.h"
#include "expose/status/assets.h"
#include "expose/status/parts.h"

namespace mesh {
namespace {

constexpr std::array all_pages{
    StatusPage{"/", "Overview", write_overview},
    StatusPage{"/diagnosis", "Findings", write_findings},
    StatusPage{"/certificates", "Certificates", write_certificates, certificates_in_one_line, true,
               false},
    StatusPage{"/endpoints", "Balance", write_balance, balance_in_one_line},
    StatusPage{"/upstreams", "Upstreams", write_upstreams, upstreams_in_one_line},
    StatusPage{"/methods", "Methods", write_methods, methods_in_one_line},
    StatusPage{"/targets", "Targets", write_targets, targets_in_one_line, true, false},
    StatusPage{"/probes", "Probes", write_probes, probes_in_one_line, true, false},
    StatusPage{"/config", "Config", write_config, config_in_one_line, false, false},
};

void write_head(const StatusPage& which, Html& html) {
  const auto head = html.open("head");
  html.lone("meta", {{"charset", "utf-8"}});
  html.lone("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  html.lone("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  html.lone("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
  html.element("title", std::string(which.title.view()) + " – mesh_exporter");
  html.lone("link", {{"rel", "stylesheet"}, {"href", std::string(stylesheet().path)}});
  html.lone("link", {{"rel", "icon"}, {"href", std::string(icon().path)}});
  const auto script =
      html.open("script", {{"src", std::string(script_asset().path)}, {"defer", ""}});
}

void write_navigation(const StatusPage& here, const ReportFilter& filter, Html& html) {
  const auto header = html.open("header");
  html.element("a", {{"class", "brand"}, {"href", "/"}}, "mesh_exporter");
  {
    const auto nav = html.open("nav", {{"aria-label", "Pages"}});
    for (const StatusPage& page : all_pages) {
      const std::string address = address_of(page, filter);
      if (&page == &here) {
        html.element("a", {{"href", address}, {"aria-current", "page"}}, page.title.view());
      } else {
        html.element("a", {{"href", address}}, page.title.view());
      }
    }
  }
  // Filled by the script, which tells here whether the page is still true.
  const auto live = html.open("p", {{"id", "live"}, {"role", "status"}});
}

void write_field(Html& html, Literal name, Literal words, const std::string& value) {
  const auto label = html.open("label");
  html.text(words.view());
  html.lone("input",
            {{"name", std::string(name.view())}, {"value", value}, {"autocomplete", "off"}});
}

// Works without a script: a form that asks for the same page.
void write_filter(const StatusPage& which, const ReportFilter& filter, Html& html) {
  if (!which.by_place) return;
  const auto form = html.open("form", {{"class", "filter"},
                                       {"method", "get"},
                                       {"action", std::string(which.path)},
                                       {"role", "search"},
                                       {"aria-label", "Narrow this page"}});
  write_field(html, "namespace", "Namespace", filter.ns);
  write_field(html, "pod", "Pod", filter.pod);
  if (which.by_upstream) write_field(html, "upstream", "Upstream", filter.upstream);
  html.element("button", {{"type", "submit"}}, "Show");
  if (filter != ReportFilter{}) {
    html.element("a", {{"href", std::string(which.path)}}, "Show all");
  }
}

// How old all this is.
std::string freshness(const Page& page) {
  const Snapshot& snapshot = page.snapshot;
  if (snapshot.pass.passes == 0) return "The first pass over all targets has not ended yet.";
  return "The last pass took " + human_seconds(snapshot.pass.total) + "; what is shown here is " +
         human_seconds(seconds(page.self.now - snapshot.at)) + " old.";
}

void write_footer(const StatusPage& which, const Page& page, Html& html) {
  const auto footer = html.open("footer");
  {
    const auto links = html.open("nav", {{"aria-label", "For programs"}});
    html.element("a", {{"href", page.options.telemetry_path}}, "Metrics");
    html.element("a", {{"href", api_of(which)}}, "This page as JSON");
    html.element("a", {{"href", "/-/ready"}}, "Readiness");
    html.element("a", {{"href", "/-/healthy"}}, "Health");
  }
  const BuildInfo& build = page.options.build;
  std::string words = "mesh_exporter " + build.version;
  if (!build.revision.empty()) words += ", commit " + build.revision;
  words += ", " + build.kind + " build, " + build.compiler + ", " + build.platform;
  if (page.options.started) {
    words += " · running for " + human_seconds(seconds(page.self.now - *page.options.started));
  }
  html.element("p", words);
}

}  // namespace

std::span<const StatusPage> status_pages() { return all_pages; }

const StatusPage* find_status_page(std::string_view path) {
  const auto found = std::ranges::find(all_pages, path, &StatusPage::path);
  return found == all_pages.end() ? nullptr : &*found;
}

std::string render_status_page(const StatusPage& which, const Page& page,
                               const ReportFilter& filter) {
  Html html;
  {
    const auto document = html.open("html", {{"lang", "en"}});
    write_head(which, html);
    const auto body = html.open("body");
    html.element("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the content");
    write_navigation(which, filter, html);
    {
      const auto main = html.open("main", {{"id", "main"}, {"tabindex", "-1"}});
      html.element("h1", which.title.view());
      html.element("p", {{"class", "soft"}}, freshness(page));
      // On the start page nothing stands before what is wrong.
      const bool is_start = which.path == "/";
      if (!is_start) write_filter(which, filter, html);
      which.write(page, filter, html);
      if (is_start) write_filter(which, filter, html);
    }
    write_footer(which, page, html);
  }
  return "<!DOCTYPE html>\n" + html.take();
}

}  // namespace mesh
