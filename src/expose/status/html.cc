// Escaping, and a line end after what stands on a line of its own; see html.h.
#include "expose/status/html.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "expose/human.h"

namespace mesh {
namespace {

// For who reads the source.
constexpr std::array<std::string_view, 18> blocks{
    "html", "head", "title", "body",  "header", "nav",     "main",    "section", "footer",
    "h1",   "h2",   "h3",    "table", "tr",     "article", "details", "li",      "p"};

bool leads_where_it_may(std::string_view address) {
  if (address.starts_with("https://") || address.starts_with("http://")) return true;
  return (address.starts_with('/') && !address.starts_with("//")) || address.starts_with('#');
}

// An attribute is never cut: half an address would lead elsewhere.
constexpr std::size_t longest_attribute = 8192;

}  // namespace

void Html::start(std::string_view tag, Attributes attributes) {
  html_.append("<").append(tag);
  for (const auto& [name, value] : attributes) {
    const bool leads = name.view() == "href" || name.view() == "action";
    const bool refused = (leads && !leads_where_it_may(value)) || value.size() > longest_attribute;
    html_.append(" ").append(name.view()).append("=\"");
    html_.append(refused ? "#" : html_text(value)).append("\"");
  }
  html_.append(">");
}

void Html::close(std::string_view tag) {
  html_.append("</").append(tag).append(">");
  if (std::ranges::find(blocks, tag) != blocks.end()) html_ += '\n';
}

Html::Element Html::open(Literal tag, Attributes attributes) {
  start(tag.view(), attributes);
  return {*this, tag.view()};
}

void Html::element(Literal tag, std::string_view words) { element(tag, {}, words); }

void Html::element(Literal tag, Attributes attributes, std::string_view words) {
  start(tag.view(), attributes);
  text(words);
  close(tag.view());
}

void Html::lone(Literal tag, Attributes attributes) { start(tag.view(), attributes); }

void Html::text(std::string_view text, std::size_t most) { html_ += html_text(text, most); }

void Html::lines(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = take_piece(text, '\n');
    html_ += html_text(line) + "\n";
  }
}

}  // namespace mesh
