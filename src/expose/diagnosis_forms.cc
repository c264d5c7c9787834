// The diagnosis as JSON, there and back, and as words for people; see diagnosis.h.
#include <boost/json.hpp>
#include <cmath>
#include <exception>

#include "base/binary_bytes.h"
#include "base/duration.h"
#include "base/utf8.h"
#include "expose/diagnosis.h"
#include "expose/human.h"

namespace mesh {
namespace {

namespace json = boost::json;

constexpr std::int64_t form_version = 1;

struct TextField {
  std::string_view key;
  std::string Diagnosed::*text;
};
constexpr TextField text_fields[] = {
    {"finding", &Diagnosed::finding}, {"severity", &Diagnosed::severity},
    {"mesh", &Diagnosed::mesh},       {"namespace", &Diagnosed::ns},
    {"pod", &Diagnosed::pod},         {"workload", &Diagnosed::workload},
    {"where", &Diagnosed::where},     {"upstream", &Diagnosed::upstream},
    {"subset", &Diagnosed::subset},   {"subject", &Diagnosed::subject},
    {"cause", &Diagnosed::cause},     {"remedy", &Diagnosed::remedy},
};

json::object object_of(const Diagnosed& one) {
  json::object object;
  for (const auto& [key, text] : text_fields) object[key] = shown_on_one_line(one.*text);
  object["runbook"] = runbook_of(one.finding);
  object["since"] = one.since;
  json::array evidence;
  for (const Diagnosed::Number& number : one.evidence) {
    evidence.push_back(
        json::object{{"name", number.name}, {"value", number.value}, {"unit", number.unit}});
  }
  object["evidence"] = std::move(evidence);
  return object;
}

json::array objects_of(const std::vector<Diagnosed>& those) {
  json::array all;
  for (const Diagnosed& one : those) all.push_back(object_of(one));
  return all;
}

json::array lines_of(const std::vector<std::string>& lines) {
  json::array all;
  for (const std::string& line : lines) all.emplace_back(shown_on_one_line(line));
  return all;
}

std::string text_of(const json::value& value) { return json::value_to<std::string>(value); }

Diagnosed diagnosed_of(const json::value& value) {
  Diagnosed one;
  for (const auto& [key, text] : text_fields) one.*text = text_of(value.at(key));
  one.since = value.at("since").to_number<std::int64_t>();
  for (const json::value& number : value.at("evidence").as_array()) {
    one.evidence.push_back({text_of(number.at("name")), number.at("value").to_number<double>(),
                            text_of(number.at("unit"))});
  }
  return one;
}

std::string_view colour_of(std::string_view severity) {
  if (severity == "critical") return "\x1b[31m";
  return severity == "warning" ? "\x1b[33m" : "\x1b[36m";
}

void tell(const Diagnosed& one, std::int64_t now, bool colours, std::string& text) {
  if (colours) text += colour_of(one.severity);
  text += one.severity;
  if (colours) text += "\x1b[0m";
  text += "  " + one.finding + "  " + shown_on_one_line(one.where);
  if (!one.upstream.empty()) text += " → " + shown_on_one_line(one.upstream);
  text += "\n    " + shown_on_one_line(one.cause) + "\n";
  if (one.since > 0) text += "    since " + format_roughly(now - one.since) + " ago\n";
  if (!one.evidence.empty()) {
    text += "    evidence: ";
    for (std::size_t i = 0; i < one.evidence.size(); ++i) {
      text += (i > 0 ? ", " : "") + evidence_words(one.evidence[i], now);
    }
    text += "\n";
  }
  if (!one.remedy.empty()) text += "    remedy: " + shown_on_one_line(one.remedy) + "\n";
  text += "    more: " + runbook_of(one.finding) + "\n";
}

}  // namespace

std::string pending_words(const Diagnosed& one, std::int64_t now) {
  std::string words = one.finding + " " + one.where;
  if (!one.upstream.empty()) words += " → " + one.upstream;
  words += ": " + one.cause;
  if (one.since > 0) words += ", since " + format_roughly(now - one.since) + " ago";
  return shown_on_one_line(words);
}

std::string evidence_words(const Diagnosed::Number& number, std::int64_t now) {
  const double value = number.value;
  if (number.unit == "seconds") {
    return number.name + (value < 0 ? " -" : " ") + human_seconds(std::abs(value));
  }
  if (number.unit == "bytes") {
    return number.name + " " + binary_bytes(static_cast<std::uint64_t>(std::max(0.0, value)));
  }
  if (number.unit == "unix_seconds") {
    const auto ahead = static_cast<std::int64_t>(value) - now;
    return number.name +
           (ahead < 0 ? " " + format_roughly(-ahead) + " ago" : " in " + format_roughly(ahead));
  }
  if (number.name == "p_value")
    return number.name + (value < 1e-6 ? " < 1e-6" : " " + shown_number(value));
  return number.name + " " + shown_number(value) + (number.unit == "per_second" ? "/s" : "");
}

std::string diagnosis_json(const Diagnosis& diagnosis) {
  json::object object;
  object["version"] = form_version;
  object["at"] = diagnosis.at;
  object["seen"] = diagnosis.seen;
  object["findings"] = objects_of(diagnosis.found);
  object["pending"] = objects_of(diagnosis.pending);
  object["healthy"] = lines_of(diagnosis.healthy);
  object["unseen"] = lines_of(diagnosis.unseen);
  return json::serialize(object) + "\n";
}

Result<Diagnosis> parse_diagnosis(std::string_view text) {
  try {
    const json::value root = json::parse(json::string_view(text.data(), text.size()));
    if (root.at("version").to_number<std::int64_t>() != form_version) {
      return Error{"the diagnosis has another version"};
    }
    Diagnosis diagnosis;
    diagnosis.at = root.at("at").to_number<std::int64_t>();
    diagnosis.seen = root.at("seen").to_number<std::uint64_t>();
    for (const json::value& one : root.at("findings").as_array()) {
      diagnosis.found.push_back(diagnosed_of(one));
    }
    // Older agents tell of none.
    if (const json::value* pending = root.as_object().if_contains("pending")) {
      for (const json::value& one : pending->as_array()) {
        diagnosis.pending.push_back(diagnosed_of(one));
      }
    }
    for (const json::value& line : root.at("healthy").as_array()) {
      diagnosis.healthy.push_back(text_of(line));
    }
    for (const json::value& line : root.at("unseen").as_array()) {
      diagnosis.unseen.push_back(text_of(line));
    }
    return diagnosis;
  } catch (const std::exception& error) {
    return Error{std::string("this is no diagnosis: ") + error.what()};
  }
}

std::string diagnosis_text(const Diagnosis& diagnosis, bool colours) {
  std::string text;
  for (const Diagnosed& one : diagnosis.found) tell(one, diagnosis.at, colours, text);
  for (const Diagnosed& one : diagnosis.pending) {
    text += "not long enough yet: " + pending_words(one, diagnosis.at) + "\n";
  }
  for (const std::string& line : diagnosis.unseen)
    text += "not seen: " + shown_on_one_line(line) + "\n";
  for (const std::string& line : diagnosis.healthy) {
    text += (colours ? "\x1b[32mhealthy\x1b[0m: " : "healthy: ") + shown_on_one_line(line) + "\n";
  }
  if (diagnosis.seen == 0) text += "nothing could be looked at\n";
  return text;
}

}  // namespace mesh
