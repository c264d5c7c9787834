// The diagnosis: what is wrong, what may be, what was looked at and is fine, and what could not be
// seen. The answer of /api/v1/diagnosis, and what `mesh_exporter diagnose` prints; as JSON it comes
// back as the same value, so that the command can say it in colours and end with the right exit
// code.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expose/page.h"
#include "expose/reports.h"

namespace mesh {

struct Diagnosed {
  std::string finding, severity;
  std::string mesh, ns, pod, workload;  // identity labels
  std::string where, upstream, subset, subject;
  std::string cause, remedy;
  struct Number {
    std::string name;
    double value = 0;
    std::string unit;
    bool operator==(const Number&) const = default;
  };
  std::vector<Number> evidence;
  std::int64_t since = 0;  // seconds since 1970; 0 where it is not known

  bool operator==(const Diagnosed&) const = default;
};

struct Diagnosis {
  std::int64_t at = 0;               // seconds since 1970
  std::vector<Diagnosed> found;      // the worst first
  std::vector<Diagnosed> pending;    // true now, and not for long enough to be stated; likewise
  std::vector<std::string> healthy;  // "certificate_expired: none among 14 certificates in use"
  std::vector<std::string> unseen;   // "shop/users-0: /stats: connection refused"
  std::uint64_t seen = 0;            // sidecars, TLS and gRPC servers and files that were looked at

  bool operator==(const Diagnosis&) const = default;
};

Diagnosis diagnose(const Page& page, const ReportFilter& filter);

std::string diagnosis_json(const Diagnosis& diagnosis);
// The error says what is not as it should be.
Result<Diagnosis> parse_diagnosis(std::string_view json);

// For people; `colours` are those of a terminal.
std::string diagnosis_text(const Diagnosis& diagnosis, bool colours);

// "grpc_not_serving shop/users-0: the server answers NOT_SERVING, since 34s ago": of what is
// pending. `now` in seconds since 1970.
std::string pending_words(const Diagnosed& one, std::int64_t now);

// One number of the evidence: "requests 300", "window 10 s". `now` in seconds since 1970.
std::string evidence_words(const Diagnosed::Number& number, std::int64_t now);

// Where the runbook is, and the anchor of a finding in it.
std::string runbook_of(std::string_view finding);

}  // namespace mesh
