// A writer of HTML that cannot be talked into writing markup: tags and attributes are literals of
// the program, and everything else is escaped on its way in. What is opened is closed by itself, in
// the right order.
//
// Names on our pages come from proxies, and so from anybody who can call a method through one or
// have a certificate issued. There is no way to hand such a name to this writer as markup.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace mesh {

// Words of the program itself, known to the compiler.
class Literal {
 public:
  consteval Literal(const char* text) : text_(text) {}
  constexpr std::string_view view() const { return text_; }

 private:
  std::string_view text_;
};

// Any value; where a browser would go there (`href`, `action`) only a path of this server or an
// address of http or https, and "#" instead of another.
struct HtmlAttribute {
  Literal name;
  std::string value;
};

class Html {
 public:
  using Attributes = std::initializer_list<HtmlAttribute>;

  // Longer than any honest name or message; what a proxy made up ends here.
  static constexpr std::size_t longest_text = 300;
  // A page that is larger is of no use to anybody, and lists end before it.
  static constexpr std::size_t most_bytes = 2u << 20;

  // An element that is open; closed when this ends. The writer must outlive it.
  class [[nodiscard]] Element {
   public:
    Element(Html& html, std::string_view tag) : html_(html), tag_(tag) {}
    ~Element() { html_.close(tag_); }
    Element(const Element&) = delete;
    Element& operator=(const Element&) = delete;

   private:
    Html& html_;
    std::string_view tag_;
  };

  Element open(Literal tag, Attributes attributes = {});
  // <tag>text</tag>
  void element(Literal tag, std::string_view text);
  void element(Literal tag, Attributes attributes, std::string_view text);
  // One that has no content: <input>, <link>.
  void lone(Literal tag, Attributes attributes);

  // Escaped, on one line; what would not show, or reorder what is around it, becomes U+FFFD.
  void text(std::string_view text, std::size_t most = longest_text);
  // The same of each line, with line ends between.
  void lines(std::string_view text);

  // Whether no more should be added to a list.
  bool full() const { return html_.size() > most_bytes; }
  const std::string& written() const { return html_; }
  std::string take() { return std::move(html_); }

 private:
  friend class Element;
  void start(std::string_view tag, Attributes attributes);
  void close(std::string_view tag);

  std::string html_;
};

}  // namespace mesh
