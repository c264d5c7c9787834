// The certificates as JSON, there and back; see certificate_table.h.
#include <boost/json.hpp>
#include <exception>
#include <stdexcept>
#include <utility>

#include "base/rfc3339.h"
#include "base/utf8.h"
#include "expose/certificate_table.h"

namespace mesh {
namespace {

namespace json = boost::json;
using std::chrono::sys_seconds;

json::value date_or_null(const std::optional<sys_seconds>& t) {
  return t ? json::value(to_rfc3339(*t)) : json::value(nullptr);
}

json::value number_or_null(const std::optional<double>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::object object_of(const CertificateRow& row) {
  const Certificate& one = row.certificate;
  json::array names;
  for (const SubjectAltName& name : one.sans) names.emplace_back(shown_on_one_line(name.text));
  json::object object;
  object["certificate"] = shown_on_one_line(identity_of(one));
  object["source"] = to_string(row.source);
  object["where"] = shown_on_one_line(row.where);
  object["role"] = to_string(one.role);
  object["state"] = row.draining ? "draining" : "in_use";
  object["status"] = to_string(row.status);
  object["not_before"] = date_or_null(one.not_before);
  object["not_after"] = to_rfc3339(one.not_after);
  object["remaining_seconds"] = row.remaining_seconds;
  object["remaining_ratio"] = number_or_null(row.remaining_ratio);
  object["rotations"] = row.rotations;
  // What is in use from the beginning replaced nothing.
  object["last_rotation"] =
      row.rotations > 0 ? date_or_null(row.last_rotation) : json::value(nullptr);
  object["rotation_point"] = number_or_null(row.rotation_point);
  object["renewal_due"] = date_or_null(row.due);
  object["serial"] = one.serial;
  object["subject"] = shown_on_one_line(one.subject);
  object["issuer"] = shown_on_one_line(one.issuer);
  object["sans"] = std::move(names);
  object["key_algorithm"] = to_string(one.key_algorithm);
  object["key_bits"] = one.key_bits;
  object["fingerprint_sha256"] = one.fingerprint_sha256;
  return object;
}

json::array array_of(std::span<const CertificateRow> rows) {
  json::array all;
  for (const CertificateRow& row : rows) all.push_back(object_of(row));
  return all;
}

json::value cut_off_json(const std::optional<CutOff>& cut_off) {
  if (!cut_off) return nullptr;
  return json::object{{"sidecars", cut_off->sidecars},
                      {"certificate", shown_on_one_line(cut_off->certificate)},
                      {"pod", shown_on_one_line(cut_off->pod)},
                      {"runs_out", to_rfc3339(cut_off->runs_out)}};
}

// What follows throws where something is not as it was written.
std::string text_of(const json::value& value) { return json::value_to<std::string>(value); }

sys_seconds date_of(const json::value& value) {
  const std::optional<sys_seconds> date = parse_rfc3339(text_of(value));
  if (!date) throw std::runtime_error("no date");
  return *date;
}

CertificateLine line_of(const json::value& one) {
  CertificateLine line;
  line.remaining_seconds = one.at("remaining_seconds").to_number<std::int64_t>();
  const json::value& ratio = one.at("remaining_ratio");
  if (!ratio.is_null()) line.remaining_ratio = ratio.to_number<double>();
  line.status = text_of(one.at(text_of(one.at("state")) == "draining" ? "state" : "status"));
  line.rotations = one.at("rotations").to_number<std::uint64_t>();
  const json::value& last = one.at("last_rotation");
  if (!last.is_null()) line.last_rotation = date_of(last);
  line.source = text_of(one.at("source"));
  line.role = text_of(one.at("role"));
  line.where = text_of(one.at("where"));
  line.certificate = text_of(one.at("certificate"));
  return line;
}

std::optional<CutOff> cut_off_of(const json::value& one) {
  if (one.is_null()) return std::nullopt;
  return CutOff{one.at("sidecars").to_number<std::size_t>(), text_of(one.at("certificate")),
                text_of(one.at("pod")), date_of(one.at("runs_out"))};
}

}  // namespace

std::string certificates_json(std::span<const CertificateRow> rows) {
  return json::serialize(array_of(rows)) + "\n";
}

std::string certificate_list_json(std::span<const CertificateRow> rows,
                                  const CertificateList& list) {
  json::object object;
  object["at"] = to_rfc3339(list.at);
  object["left_out"] = list.left_out;
  object["cut_off"] = cut_off_json(list.cut_off);
  object["certificates"] = array_of(rows);
  return json::serialize(object) + "\n";
}

Result<CertificateList> parse_certificate_list(std::string_view text) {
  try {
    const json::value root = json::parse(json::string_view(text.data(), text.size()));
    CertificateList list;
    list.at = date_of(root.at("at"));
    list.left_out = root.at("left_out").to_number<std::uint64_t>();
    list.cut_off = cut_off_of(root.at("cut_off"));
    for (const json::value& one : root.at("certificates").as_array()) {
      list.lines.push_back(line_of(one));
    }
    return list;
  } catch (const std::exception& error) {
    return Error{std::string("this is no list of certificates: ") + error.what()};
  }
}

}  // namespace mesh
