// A line, or a member of the object, for each thing that was asked; see probe_report.h. What is
// asked in addition gets a line and a member of its own.
#include "expose/probe_report.h"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/rfc3339.h"
#include "base/utf8.h"
#include "expose/human.h"
#include "expose/probe_rows.h"
#include "expose/table.h"

namespace mesh {
namespace {

namespace json = boost::json;

using Line = std::pair<std::string, std::string>;  // what was asked, and the answer

Line line_of(const ProbeReport::Health& health) {
  Line line{"health", std::string(health_words(health.look.status))};
  if (!health.service.empty()) line.first += " of " + shown_on_one_line(health.service);
  if (!health.look.words.empty()) line.second += ": " + health.look.words;
  line.second += ", in " + human_seconds(seconds(health.look.took));
  return line;
}

std::int64_t seconds_left(const Certificate& certificate, WallTime now) {
  return (certificate.not_after - std::chrono::floor<std::chrono::seconds>(now)).count();
}

void add_lines(const ProbeReport::Certificates& shown, WallTime now, std::vector<Line>& lines) {
  if (shown.failure) {
    lines.emplace_back("certificate",
                       "cannot be read: " + shown_on_one_line(shown.failure->message));
    return;
  }
  if (!shown.chain.empty()) {
    const Certificate& leaf = shown.chain.front();
    const std::int64_t left = seconds_left(leaf, now);
    std::string words = shown_on_one_line(identity_of(leaf));
    words += left > 0 ? ", expires in " + format_roughly(left)
                      : ", expired " + format_roughly(-left) + " ago";
    lines.emplace_back("certificate", words + ", issued by " + shown_on_one_line(leaf.issuer));
  } else {
    lines.emplace_back("certificate", shown.handshake.unreadable_sample);
  }
  const Handshake& handshake = shown.handshake;
  std::string tls = handshake.version + ", " + handshake.cipher;
  tls += handshake.alpn.empty() ? ", no ALPN" : ", ALPN " + shown_on_one_line(handshake.alpn);
  lines.emplace_back("TLS", std::move(tls));
}

std::string services(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " service" : " services");
}

// What was asked and not answered, and what was not even asked.
void add_untold_lines(const MethodLook& look, std::vector<Line>& lines) {
  const std::string why = look.failure ? shown_on_one_line(look.failure->message) : "no answer";
  for (const std::string& service : look.unanswered) {
    lines.emplace_back("methods of " + service, "cannot be read: " + why);
  }
  if (look.unasked > 0) {
    lines.emplace_back("methods", services(look.unasked) + " of which there was no time to ask");
  }
}

// A line for each service, with its methods; what streams says so.
void add_lines(const MethodLook& look, std::vector<Line>& lines) {
  if (!look.declared) {
    lines.emplace_back("methods",
                       look.failure ? "cannot be read: " + shown_on_one_line(look.failure->message)
                                    : "the server has no reflection");
    return;
  }
  Name service;
  for (const DeclaredMethod& method : look.declared->methods) {
    if (method.service != service) lines.emplace_back("methods of " + method.service, "");
    service = method.service;
    std::string& words = lines.back().second;
    words.append(words.empty() ? "" : ", ").append(method.method.str());
    if (method.client_streams || method.server_streams) {
      words.append(" (").append(kind_of(method)).append(")");
    }
  }
  const std::uint64_t untold = look.declared->left_out + look.declared->untold;
  if (untold > 0) lines.emplace_back("methods", services(untold) + " cannot be told");
  add_untold_lines(look, lines);
  const bool all_told = untold == 0 && look.unanswered.empty() && look.unasked == 0;
  if (look.declared->methods.empty() && all_told) lines.emplace_back("methods", "none");
}

json::value json_of(const MethodLook& look) {
  json::object object;
  object["error"] = look.failure ? json::value(shown_on_one_line(look.failure->message)) : nullptr;
  object["declared"] = nullptr;
  object["services_untold"] = nullptr;
  object["services_unanswered"] = nullptr;
  object["services_unasked"] = nullptr;
  if (!look.declared) return object;
  json::array methods;
  for (const DeclaredMethod& one : look.declared->methods) {
    methods.push_back(json::object{{"grpc_service", one.service.str()},
                                   {"grpc_method", one.method.str()},
                                   {"type", kind_of(one)}});
  }
  object["declared"] = std::move(methods);
  object["services_untold"] = look.declared->left_out + look.declared->untold;
  object["services_unanswered"] = json::array(look.unanswered.begin(), look.unanswered.end());
  object["services_unasked"] = look.unasked;
  return object;
}

json::value json_of(const ProbeReport::Certificates& shown, WallTime now) {
  json::object object;
  object["error"] =
      shown.failure ? json::value(shown_on_one_line(shown.failure->message)) : nullptr;
  if (shown.failure) return object;
  object["version"] = shown.handshake.version;
  object["cipher"] = shown.handshake.cipher;
  object["alpn"] = shown_on_one_line(shown.handshake.alpn);
  json::array chain;
  for (const Certificate& one : shown.chain) {
    chain.push_back(json::object{{"certificate", shown_on_one_line(identity_of(one))},
                                 {"issuer", shown_on_one_line(one.issuer)},
                                 {"not_after", to_rfc3339(one.not_after)},
                                 {"remaining_seconds", seconds_left(one, now)}});
  }
  object["chain"] = std::move(chain);
  return object;
}

}  // namespace

std::string probe_text(const ProbeReport& report, WallTime now) {
  std::vector<Line> lines;
  for (const ProbeReport::Health& health : report.health) lines.push_back(line_of(health));
  if (report.certificates) add_lines(*report.certificates, now, lines);
  if (report.methods) add_lines(*report.methods, lines);
  std::size_t widest = 0;
  for (const Line& line : lines) widest = std::max(widest, width_of(line.first));
  std::string text = to_string(report.server.address) + "\n";
  for (const auto& [asked, answer] : lines) {
    text += "  " + asked + std::string(widest - width_of(asked) + 2, ' ') + answer + "\n";
  }
  return text;
}

std::string probe_json(const ProbeReport& report, WallTime now) {
  json::array health;
  for (const ProbeReport::Health& one : report.health) {
    health.push_back(json::object{{"grpc_service", shown_on_one_line(one.service)},
                                  {"status", to_string(one.look.status)},
                                  {"message", one.look.words},
                                  {"seconds", seconds(one.look.took)}});
  }
  json::object object;
  object["address"] = to_string(report.server.address);
  object["health"] = std::move(health);
  object["tls"] = report.certificates ? json_of(*report.certificates, now) : json::value(nullptr);
  object["methods"] = report.methods ? json_of(*report.methods) : json::value(nullptr);
  return json::serialize(object) + "\n";
}

}  // namespace mesh
