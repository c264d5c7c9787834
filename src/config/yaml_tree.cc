// Builds the tree from yaml-cpp's events. Known of yaml-cpp 0.7 and guarded against here: its
// positions count from 0; byte 0x04 ends the file without a word; an unclosed quote runs to the
// end of the file without a word; a map may have the same key twice; a stray line at the left
// margin begins a second document; an alias may name the node it is in.
#include "config/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "base/quoted.h"
#include "base/utf8.h"
#include "config/cited.h"

namespace mesh {
namespace {

using Kind = YamlNode::Kind;

constexpr std::array<std::string_view, 4> nulls{"~", "null", "Null", "NULL"};

Position position(const YAML::Mark& mark) {
  return mark.is_null() ? Position{} : Position{mark.line + 1, mark.column + 1};
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view source, YamlTree& tree, Problems& problems)
      : source_(source), tree_(tree), problems_(problems) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark&, const std::string&) override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode* node = add_node(Kind::null, mark, anchor);
    node->text = null_at(static_cast<std::size_t>(mark.pos));
    place(node);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    const bool circular = found == anchors_.end() || is_open(found->second);
    if (circular) problems_.add(position(mark), "the alias names a value that it is part of");
    place(circular ? add_node(Kind::null, mark, 0) : found->second);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(mark, tag);
    check_quote(mark);
    YamlNode* node = add_node(Kind::scalar, mark, anchor);
    node->text = value;
    node->plain = tag == "?";
    place(node);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open_.push_back({add_node(Kind::list, mark, anchor), nullptr, {}});
  }

  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open_.push_back({add_node(Kind::map, mark, anchor), nullptr, {}});
  }

  void OnMapEnd() override { close(); }

  // What follows such a quote was swallowed; the tree is not what was meant.
  bool unclosed_quote() const { return unclosed_quote_; }

 private:
  // A list or map whose end has not come yet.
  struct Open {
    YamlNode* node;
    const YamlNode* key;  // of the entry whose value comes next; null: a key comes next
    std::map<std::string_view, Position> keys;
  };

  YamlNode* add_node(Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    YamlNode& node = tree_.nodes.emplace_back();
    node.kind = kind;
    node.at = position(mark);
    if (anchor != 0) anchors_[anchor] = &node;
    return &node;
  }

  bool is_open(const YamlNode* node) const {
    return std::ranges::find(open_, node, &Open::node) != open_.end();
  }

  void close() {
    const YamlNode* node = open_.back().node;
    open_.pop_back();
    place(node);
  }

  // A finished node goes into the innermost open list or map, or is the document.
  void place(const YamlNode* node) {
    if (open_.empty()) {
      tree_.root = node;
      return;
    }
    Open& open = open_.back();
    if (open.node->kind == Kind::list) {
      open.node->items.push_back(node);
    } else if (open.key == nullptr) {
      open.key = node;
    } else {
      place_entry(open, *std::exchange(open.key, nullptr), node);
    }
  }

  void place_entry(Open& open, const YamlNode& key, const YamlNode* value) {
    if (key.kind != Kind::scalar) {
      problems_.add(key.at, "the key of a mapping is no word; expected KEY: VALUE");
      return;
    }
    const auto [first, added] = open.keys.emplace(key.text, key.at);
    if (!added) {
      problems_.add(key.at, "the key " + cited(key.text) + " is there already, in line " +
                                std::to_string(first->second.line) + "; expected it once");
      return;
    }
    open.node->entries.push_back({key.text, key.at, value});
  }

  // The null that is written there; "" where a value was left out, and the mark is at what follows.
  std::string null_at(std::size_t begin) const {
    const std::string_view rest = source_.substr(std::min(begin, source_.size()));
    const std::string_view word = rest.substr(0, rest.find_first_of(" \t\r\n,]}:"));
    const bool ends = !rest.substr(word.size()).starts_with(':');
    return ends && std::ranges::find(nulls, word) != nulls.end() ? std::string(word) : "";
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;  // none; "!" is what quotes give
    problems_.add(position(mark), "the tag " + cited(tag) + "; expected a value without one");
  }

  void check_quote(const YAML::Mark& mark) {
    const auto begin = static_cast<std::size_t>(mark.pos);
    if (begin >= source_.size() || (source_[begin] != '"' && source_[begin] != '\'')) return;
    const char quote = source_[begin];
    for (std::size_t i = begin + 1; i < source_.size(); ++i) {
      if (source_[i] == '\\' && quote == '"') {
        ++i;
      } else if (source_[i] == quote) {
        const bool doubled = quote == '\'' && source_.substr(i + 1).starts_with(quote);
        if (!doubled) return;
        ++i;
      }
    }
    unclosed_quote_ = true;
    problems_.add(position(mark),
                  "the quote is never closed; expected another " + std::string(1, quote));
  }

  std::string_view source_;
  YamlTree& tree_;
  Problems& problems_;
  std::map<YAML::anchor_t, const YamlNode*> anchors_;
  std::vector<Open> open_;
  bool unclosed_quote_ = false;
};

// Whether what is left of `begin` in its line has a tab, which yaml-cpp reports in many ways.
bool is_indented_by_tab(std::string_view source, std::size_t begin) {
  const auto line_end = source.rfind('\n', begin == 0 ? 0 : begin - 1);
  std::string_view line = source.substr(line_end == std::string_view::npos ? 0 : line_end + 1);
  line = line.substr(0, line.find_first_not_of(" \t"));
  return line.find('\t') != std::string_view::npos;
}

// yaml-cpp says what it stumbled over; people want to know what to write.
std::string explain(const std::string& message) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> known{{
      {"illegal map value",
       "a colon out of place; expected one KEY: VALUE, in quotes if with \": \""},
      {"end of map not found",
       "it fits no mapping; expected KEY: VALUE, indented as its neighbours"},
      {"end of sequence not found",
       "it fits no list; expected \"- VALUE\", indented as its neighbours"},
      {"end of map flow not found",
       "the { has no }; expected it, or quotes around a value with { or }"},
      {"end of sequence flow not found", "the [ has no ]; expected it"},
      {"the referenced anchor is not defined", "an alias of nothing; expected an &anchor above"},
      {"unknown token", "no value begins like this; expected quotes around it"},
      {"bad file", "nested too deeply; expected a few levels"},
  }};
  const auto found = std::ranges::find(known, message, &decltype(known)::value_type::first);
  return found == known.end() ? message : std::string(found->second);
}

void add_syntax_error(const YAML::Exception& error, std::string_view source, Citing citing,
                      Problems& problems) {
  std::string what = "not YAML";
  std::string why = explain(error.msg);
  const auto begin = static_cast<std::size_t>(std::max(error.mark.pos, 0));
  if (begin < source.size()) {
    const std::string_view rest = source.substr(begin);
    if (citing == Citing::words) {
      what += " at " + cited(rest.substr(0, rest.find_first_of(" \r\n", 1)));
    }
    if (is_indented_by_tab(source, begin)) {
      what = "not YAML";
      why = "indentation by a tab; expected spaces";
    }
  }
  problems.add(position(error.mark), what + ": " + why);
}

// Text only: UTF-8 without control characters other than line ends and tabs.
bool is_text(std::string_view source, Problems& problems) {
  Position at;
  while (!source.empty()) {
    const Utf8Char c = first_utf8_char(source);
    const bool control = c.code_point < 0x20 || c.code_point == 0x7F;
    const bool allowed = c.code_point == '\n' || c.code_point == '\r' || c.code_point == '\t';
    if (!c.valid || (control && !allowed)) {
      problems.add(at, "the byte " + in_quotes(source.substr(0, 1)) + "; expected UTF-8 text");
      return false;
    }
    at = c.code_point == '\n' ? Position{at.line + 1, 1}
                              : Position{at.line, at.column + static_cast<int>(c.bytes)};
    source.remove_prefix(c.bytes);
  }
  return true;
}

// Whether it is no PEM. It may be a key, and no word of it shall be in an error.
bool is_no_pem(std::string_view source, Problems& problems) {
  Position at;
  while (!source.empty()) {
    if (source.starts_with("-----BEGIN ")) {
      problems.add(at, "a certificate or key begins here; expected a configuration in YAML");
      return false;
    }
    source.remove_prefix(std::min(source.find('\n'), source.size() - 1) + 1);
    ++at.line;
  }
  return true;
}

}  // namespace

YamlTree parse_yaml(std::string_view yaml, Problems& problems, Citing citing) {
  YamlTree tree;
  if (yaml.starts_with("\xEF\xBB\xBF")) yaml.remove_prefix(3);  // what some editors put first
  if (!is_text(yaml, problems) || !is_no_pem(yaml, problems)) return tree;
  try {
    std::istringstream input{std::string(yaml)};
    YAML::Parser parser(input);
    TreeBuilder builder(yaml, tree, problems);
    parser.HandleNextDocument(builder);
    YamlTree second;
    TreeBuilder rest(yaml, second, problems);
    if (builder.unclosed_quote()) {
      tree.root = nullptr;
    } else if (parser.HandleNextDocument(rest) && second.root != nullptr) {
      problems.add(second.root->at, "a second document begins; expected one, indented alike");
    }
  } catch (const YAML::Exception& error) {
    add_syntax_error(error, yaml, citing, problems);
    tree.root = nullptr;
  } catch (const std::exception& error) {
    problems.add({}, std::string("not YAML: ") + error.what());
    tree.root = nullptr;
  }
  return tree;
}

}  // namespace mesh
