// Typed reading of a YAML mapping: each function reads one key and either gives a value of the
// right type and range or complains about it, with its place, its path and what was expected.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/environment.h"
#include "config/problems.h"
#include "config/yaml_tree.h"

namespace mesh {

// One value of the file, with its full name as messages spell it: "targets[0].admin".
struct Field {
  const YamlNode* node;
  Position at;
  std::string path;
};

struct CountRange {
  std::uint64_t least, most;
};

struct DurationRange {
  std::chrono::milliseconds least, most;
};

// Borrows everything it is given. What a function cannot read it has complained about; an absent
// key is no complaint.
class Fields {
 public:
  // Complains about keys that are not `known`. A `field` that is no mapping reads as an empty one,
  // with a complaint unless it is null (all keys commented out).
  Fields(Field field, std::span<const std::string_view> known, const Environment& environment,
         Problems& problems);
  // The same where any key may stand.
  Fields(Field field, const Environment& environment, Problems& problems);

  // Every value with its key, in the order of the file. The keys are the tree's.
  std::vector<std::pair<std::string_view, Field>> all() const;
  std::optional<Field> find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key).has_value(); }
  // One that has a value, be it an empty text.
  std::optional<Field> said(std::string_view key) const;
  // A value that is there: not left out, and not empty, which to Go's programs means the same.
  std::optional<Field> given(std::string_view key) const;

  std::optional<std::uint64_t> count(std::string_view key, CountRange range) const;
  std::optional<std::uint64_t> bytes(std::string_view key, CountRange range) const;
  std::optional<std::chrono::milliseconds> duration(std::string_view key,
                                                    DurationRange range) const;

  // A decimal fraction above 0 and below 1; no percentages.
  std::optional<double> share(std::string_view key) const;
  // A decimal number above 1 and up to 1000: how many times as much.
  std::optional<double> factor(std::string_view key) const;

  std::optional<bool> truth(std::string_view key) const;  // true or false
  // In files whose form is Prometheus', which are YAML 1.1: yes and on, too; empty is left out.
  std::optional<bool> loose_truth(std::string_view key) const;

  // Variables expanded. `expected` completes "expected …".
  std::optional<std::string> text(std::string_view key, std::string_view expected) const;
  std::optional<std::string> text(const Field& field, std::string_view expected) const;
  // The same, with the places of the variables.
  std::optional<Expanded> expanded(const Field& field, std::string_view expected) const;

  // Complains unless the value `word` of `field` is one of `known`.
  bool is_one_of(const Field& field, const std::string& word,
                 std::span<const std::string_view> known) const;

  // The elements of a list; nothing if it is none.
  std::optional<std::vector<Field>> list(std::string_view key, std::string_view expected) const;

  // About the value of `field`: `PATH: "value" wrong; expected …`. A value that came from a
  // variable is shown with what stands in the file.
  void complain(const Field& field, std::string_view value, std::string_view wrong,
                std::string_view expected) const;
  // About the field as a whole, without a value to show.
  void complain(const Field& field, std::string_view what) const;

  const Field& self() const { return self_; }

 private:
  void want_mapping(std::string_view expected) const;
  Field field_of(const YamlNode::Entry& entry) const;
  std::optional<double> between(std::string_view key, double least, double most,
                                std::string_view expected) const;

  Field self_;
  const Environment& environment_;
  Problems& problems_;
};

}  // namespace mesh
