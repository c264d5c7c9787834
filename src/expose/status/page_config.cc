// The configuration in force, with what defaults filled in and without what may be a secret.
#include "expose/config_form.h"
#include "expose/status/parts.h"

namespace mesh {
namespace {

constexpr std::size_t most_bytes = 256u << 10, most_warnings = 50;

}  // namespace

std::string refused_words(const ConfigLoad& load) {
  std::string words;
  for (const std::string& file : load.refused) {
    words.append(words.empty() ? "" : " and ").append(file);
  }
  return words + (load.refused.size() == 1 ? " was read again and has errors"
                                           : " were read again and have errors");
}

void write_config(const Page& page, const ReportFilter& filter, Html& html) {
  html.element("p", {{"class", "sum"}}, config_in_one_line(page, filter));
  if (!page.options.in_force) return;
  const std::vector<std::string>& warnings = page.options.in_force->warnings;
  if (!warnings.empty()) {
    html.element("h2", "Allowed, and hardly meant");
    const auto list = html.open("ul");
    const std::size_t shown = std::min(warnings.size(), most_warnings);
    for (std::size_t i = 0; i < shown; ++i) html.element("li", warnings[i]);
    if (warnings.size() > shown) {
      html.element("li", "and " + std::to_string(warnings.size() - shown) + " more");
    }
  }
  html.element("p", {{"class", "soft"}},
               "As the program uses it, defaults filled in. Values in queries of addresses are not "
               "shown; passwords and keys are in their files.");
  const std::string yaml = config_yaml(*page.options.in_force);
  const std::size_t end = yaml.size() <= most_bytes ? yaml.size() : yaml.rfind('\n', most_bytes);
  {
    const auto code =
        html.open("pre", {{"tabindex", "0"}, {"aria-label", "Configuration"}, {"role", "region"}});
    html.lines(std::string_view(yaml).substr(0, end));
  }
  if (end == yaml.size()) return;
  const auto cut = html.open("p", {{"class", "cut"}});
  html.text("and more, which is not shown here: ");
  html.element("a", {{"href", "/api/v1/config"}}, "see all of it as JSON");
}

std::string config_in_one_line(const Page& page, const ReportFilter&) {
  const ConfigLoad& load = page.options.config;
  std::string words;
  if (!load.successful()) {
    words = refused_words(load) + ", which are in the log; what was read before goes on";
  } else {
    words = "in force";
  }
  if (load.last_success) words += ", read " + age_words(*load.last_success, page.self.now);
  const std::size_t warnings = page.options.in_force ? page.options.in_force->warnings.size() : 0;
  return warnings == 0 ? words : words + ", " + counted(warnings, "warning", "warnings");
}

}  // namespace mesh
