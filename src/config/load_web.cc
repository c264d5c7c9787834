// The file, and its sections but for TLS, which is in read_web_tls.cc.
#include "config/load_web.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>

#include "base/limits.h"
#include "base/regular_file.h"
#include "config/environment.h"
#include "config/fields.h"
#include "config/read_web_tls.h"
#include "config/yaml_tree.h"

namespace mesh {
namespace {

using Kind = YamlNode::Kind;
using std::chrono::nanoseconds;

constexpr std::array<std::string_view, 4> root_keys{"tls_server_config", "http_server_config",
                                                    "basic_auth_users", "rate_limit"};
constexpr std::array<std::string_view, 2> http_keys{"http2", "headers"};
constexpr std::array<std::string_view, 2> rate_keys{"interval", "burst"};

// A certificate with its chain, or a bundle of CAs: that of all public roots has 0.2 MB.
constexpr std::size_t pem_bytes = 1024 * 1024;

// Each step doubles the time: 10 takes some 50 ms, 20 a minute, for which all new logins wait.
constexpr int least_cost = 4, most_cost = 20;

constexpr std::array<std::string_view, 1> nosniff{"nosniff"};
constexpr std::array<std::string_view, 2> framing{"deny", "sameorigin"};

// What a header may be; empty: anything.
std::span<const std::string_view> values_of(std::string_view header) {
  if (header == "X-Content-Type-Options") return nosniff;
  if (header == "X-Frame-Options") return framing;
  return {};
}

bool is_hash_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '/';
}

// "" or what is wrong with a hash of bcrypt: $2y$10$ and 22 characters of salt and 31 of hash.
std::string_view wrong_with_hash(std::string_view hash) {
  constexpr std::string_view none = "is no hash of bcrypt";
  constexpr std::size_t head = 7, whole = head + 22 + 31;
  const bool known =
      hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$");
  if (!known || hash.size() != whole || hash[head - 1] != '$') return none;
  if (!std::ranges::all_of(hash.substr(head), is_hash_character)) return none;
  int cost = 0;
  const auto parsed = std::from_chars(hash.data() + 4, hash.data() + head - 1, cost);
  if (parsed.ec != std::errc{} || parsed.ptr != hash.data() + head - 1) return none;
  if (cost < least_cost) return "is a hash of a cost below 4, which there is not";
  return cost > most_cost ? "has a cost above 20, which takes minutes" : "";
}

// No word of a hash is in a complaint.
void read_users(const Field& field, const WebReading& reading) {
  const Fields fields(field, no_variables, reading.problems);
  for (const auto& [name, user] : fields.all()) {
    if (reading.problems.full()) return;
    const bool is_word = user.node->kind == Kind::scalar;
    const std::string_view wrong = is_word ? wrong_with_hash(user.node->text) : "has no hash";
    if (!wrong.empty()) {
      fields.complain(user, std::string(wrong) +
                                "; expected one such as htpasswd -nBC 10 \"\" makes it: $2y$10$…");
    } else if (name.find(':') != std::string_view::npos) {
      fields.complain(user, "a user with a colon in the name cannot be told; expected none");
    } else {
      reading.config.users.emplace(name, user.node->text);
    }
  }
}

void read_headers(const Field& field, const WebReading& reading) {
  const Fields fields = reading.fields(field, web_headers);
  for (const std::string_view name : web_headers) {
    const auto header = fields.find(name);
    if (!header || header->node->kind == Kind::null) continue;
    auto value = fields.text(*header, "the value of a header");
    if (!value || value->empty()) continue;  // blank: it is not sent
    const bool plain = std::ranges::all_of(*value, [](char c) { return c >= ' ' && c < 0x7F; });
    const std::span<const std::string_view> values = values_of(name);
    if (!plain) {
      fields.complain(*header, *value, "cannot stand in a header", "plain characters in one line");
    } else if (values.empty() || fields.is_one_of(*header, *value, values)) {
      reading.config.headers.emplace(name, std::move(*value));
    }
  }
}

void read_http(const Field& field, const WebReading& reading) {
  const Fields fields = reading.fields(field, http_keys);
  // Allowed, and never spoken: whoever offers it is answered by HTTP/1.1.
  (void)fields.loose_truth("http2");
  if (const auto headers = fields.find("headers")) read_headers(*headers, reading);
}

// As Go writes durations: "1.5s", "1m30s", "100ms"; a number without a unit is nanoseconds.
std::optional<nanoseconds> parse_go_duration(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 7> units{{{"ns", 1},
                                                                             {"us", 1e3},
                                                                             {"\xC2\xB5s", 1e3},
                                                                             {"ms", 1e6},
                                                                             {"s", 1e9},
                                                                             {"m", 6e10},
                                                                             {"h", 3.6e12}}};
  constexpr double longest = 1e17;  // three years
  double total = 0;
  bool units_needed = false;
  while (!text.empty()) {
    double number = 0;
    const auto parsed =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (parsed.ec != std::errc{} || !(number >= 0 && number < longest)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    if (text.empty() && !units_needed) return nanoseconds(static_cast<std::int64_t>(number));
    const std::string_view unit = text.substr(0, text.find_first_of("0123456789.-"));
    const auto known = std::ranges::find(units, unit, &decltype(units)::value_type::first);
    if (known == units.end()) return std::nullopt;
    total += number * known->second;
    if (total > longest) return std::nullopt;
    text.remove_prefix(unit.size());
    units_needed = true;
  }
  if (!units_needed) return std::nullopt;
  return nanoseconds(static_cast<std::int64_t>(total));
}

void read_rate(const Field& field, const WebReading& reading) {
  constexpr std::string_view expected = "a duration such as 1s or 100ms, or 0 for no limit";
  const Fields fields = reading.fields(field, rate_keys);
  // A key without a value is left out, to Go.
  const auto wait = fields.said("interval");
  const auto word = wait ? fields.text(*wait, expected) : std::nullopt;
  const auto burst = fields.said("burst") ? fields.count("burst", {0, 1'000'000}) : std::nullopt;
  if (burst) reading.config.rate.burst = static_cast<std::size_t>(*burst);
  if (!word) return;
  const std::optional<nanoseconds> interval = parse_go_duration(*word);
  if (!interval) {
    fields.complain(*wait, *word, "is no duration", expected);
    return;
  }
  reading.config.rate.interval = *interval;
  if (interval->count() == 0 || burst.value_or(0) > 0 || (fields.said("burst") && !burst)) return;
  fields.complain(*wait, "a burst of 0 lets nothing through; expected a burst above");
}

}  // namespace

Result<WebConfig, ConfigErrors> parse_web_config(std::string_view yaml, std::string_view file_name,
                                                 const FileReader& read) {
  Problems problems;
  WebConfig config;
  const YamlTree tree = parse_yaml(yaml, problems, Citing::nothing);
  const std::filesystem::path directory = std::filesystem::path(file_name).parent_path();
  if (tree.root != nullptr && tree.root->kind != Kind::null) {
    const WebReading reading{directory.string(), read, problems, config};
    const Fields fields = reading.fields({tree.root, tree.root->at, ""}, root_keys);
    if (const auto tls = fields.find("tls_server_config")) read_web_tls(*tls, reading);
    if (const auto http = fields.find("http_server_config")) read_http(*http, reading);
    if (const auto users = fields.find("basic_auth_users")) read_users(*users, reading);
    if (const auto rate = fields.find("rate_limit")) read_rate(*rate, reading);
  }
  if (!problems.empty()) return problems.to_errors(file_name);
  return config;
}

Result<std::string, ConfigErrors> read_config_text(const std::string& file_name) {
  Result<std::string> text = read_regular_file(file_name, limits::config_bytes);
  if (text) return std::move(*text);
  return ConfigErrors{Error{file_name + ": cannot be read: " + text.error().message}};
}

Result<WebConfig, ConfigErrors> load_web_config(const std::string& file_name) {
  const FileReader read = [](const std::string& path) {
    return read_regular_file(path, pem_bytes);
  };
  const Result<std::string, ConfigErrors> yaml = read_config_text(file_name);
  if (!yaml) return yaml.error();
  return parse_web_config(*yaml, file_name, read);
}

}  // namespace mesh
