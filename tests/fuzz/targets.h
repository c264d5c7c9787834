// One fuzz target per function of src/wire: each takes any bytes and aborts if a promise of the
// function's header is broken. libFuzzer drives them (tests/fuzz), and the unit tests replay the
// corpus through them, so that they are compiled and true in every build.
#pragma once

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "fuzz/promise.h"
#include "wire/envoy_certs.h"
#include "wire/envoy_clusters.h"
#include "wire/envoy_config_dump.h"
#include "wire/envoy_server_info.h"
#include "wire/envoy_stats.h"
#include "wire/exposition.h"
#include "wire/grpc_code.h"
#include "wire/x509.h"

namespace mesh::fuzz {

inline void promise_sample(const std::string& sample) {
  promise(sample.size() <= sample_bytes, "a sample is short");
  for (const char c : sample) promise(c >= 0x20 && c <= 0x7E, "a sample is printable");
}

// Names with values and texts: what an answer says, whatever its slots are.
inline std::vector<std::string> said(const StatsReader& reader, const StatsAnswer& answer) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < answer.slots.size(); ++i) {
    promise(answer.slots[i] < reader.slot_count(), "slots are below slot_count()");
    all.push_back(std::string(reader.name(answer.slots[i])) + '=' +
                  std::to_string(answer.values[i]));
  }
  for (const StatText& text : answer.texts) {
    promise(text.slot < reader.slot_count(), "slots are below slot_count()");
    all.push_back(std::string(reader.name(text.slot)) + '~' + std::string(text.text));
  }
  return all;
}

// The input is a row of answers, parted by 0x1E: one reader reads them all, and each must be read
// as by a reader that knows nothing.
inline void envoy_stats(std::string_view input) {
  StatsReader reader;
  StatsAnswer answer, before;
  std::uint64_t generation = 0;
  while (true) {
    const std::string_view body = input.substr(0, input.find('\x1e'));
    reader.read(body, answer);
    StatsReader stranger;
    StatsAnswer fresh;
    stranger.read(body, fresh);
    promise(said(reader, answer) == said(stranger, fresh), "memory does not show in the reading");
    promise(answer.lines == fresh.lines && answer.unreadable == fresh.unreadable &&
                answer.unreadable_sample == fresh.unreadable_sample,
            "memory does not show in what is unreadable");
    promise(answer.slots.size() == answer.values.size(), "every slot has a value");
    promise(answer.slots.size() + answer.texts.size() + answer.unreadable == answer.lines,
            "every line is read or counted");
    bool same = answer.slots == before.slots && answer.texts.size() == before.texts.size();
    for (std::size_t i = 0; same && i < answer.texts.size(); ++i) {
      same = answer.texts[i].slot == before.texts[i].slot;
    }
    promise(!answer.same_layout || (same && generation == reader.generation()),
            "the same layout has the same slots");
    promise_sample(answer.unreadable_sample);
    generation = reader.generation();
    before = answer;
    if (body.size() == input.size()) return;
    input.remove_prefix(body.size() + 1);
  }
}

inline void stat_buckets(std::string_view input) {
  std::vector<StatBucket> buckets{{1, 1}};
  if (!parse_stat_buckets(input, buckets)) {
    promise(buckets.empty(), "nothing is left of refused buckets");
  }
  for (const StatBucket& bucket : buckets) {
    promise(std::isfinite(bucket.upper_bound), "bounds are finite");
  }
  for (std::size_t i = 1; i < buckets.size(); ++i) {
    promise(buckets[i - 1].upper_bound < buckets[i].upper_bound, "bounds rise");
  }
}

inline void check_clusters(const Result<EnvoyClusters>& answer) {
  if (!answer) {
    promise(!answer.error().message.empty(), "an error has words");
    return;
  }
  promise_sample(answer->unreadable_sample);
  for (const EnvoyCluster& cluster : answer->clusters) {
    promise(!cluster.name.empty() && !cluster.stat_name.empty(), "clusters have names");
    for (const EnvoyHost& host : cluster.hosts)
      promise(!host.address.empty(), "hosts have addresses");
  }
}

inline void envoy_clusters_json(std::string_view input) {
  check_clusters(parse_envoy_clusters_json(input));
}

inline void envoy_clusters_text(std::string_view input) {
  check_clusters(parse_envoy_clusters_text(input));
}

inline void envoy_server_info(std::string_view input) {
  const Result<EnvoyServerInfo> info = parse_envoy_server_info(input);
  if (info) promise(info->uptime.count() >= 0, "an uptime is not negative");
}

inline void envoy_certs(std::string_view input) {
  const Result<EnvoyCerts> certs = parse_envoy_certs(input);
  if (!certs) {
    promise(!certs.error().message.empty(), "an error has words");
    return;
  }
  promise_sample(certs->unreadable_sample);
  for (const EnvoyTlsContext& context : certs->contexts) {
    for (const auto* list : {&context.leaves, &context.authorities}) {
      for (const Certificate& one : *list) {
        promise(one.serial.empty() || (one.serial.size() - one.serial.starts_with('-')) % 2 == 0,
                "a serial is whole bytes");
        promise(!is_newer(one, one), "nothing is newer than itself");
      }
    }
  }
}

inline void envoy_config_dump(std::string_view input) {
  const Result<EnvoyConfigDump> dump = parse_envoy_config_dump(input);
  if (!dump) {
    promise(!dump.error().message.empty(), "an error has words");
    return;
  }
  promise_sample(dump->unreadable_sample);
  const auto check = [](const EnvoyCorsPolicies& policies) {
    promise(policies.exposing <= policies.allowing && policies.allowing <= policies.told,
            "only policies that allow can expose");
  };
  for (const EnvoyClusterSettings& cluster : dump->clusters) {
    promise(!cluster.name.empty(), "clusters have names");
  }
  for (const EnvoyManagerSettings& manager : dump->managers) check(manager.policies);
  for (const EnvoyRoutesSettings& table : dump->routes) check(table.policies);
}

inline void exposition(std::string_view input) {
  std::uint64_t samples = 0, bytes = 0;
  const ExpositionReport report = read_exposition(input, [&](const Sample& sample) {
    ++samples;
    promise(!sample.name.empty(), "samples have names");
    for (const Label& label : sample.labels) {
      promise(!label.name.empty(), "labels have names");
      for (const char c : label.value) bytes += c != 0;  // touches every byte of every view
    }
  });
  promise(bytes <= input.size(), "labels hold no more than the body");
  promise(report.samples == samples, "samples are counted");
  promise_sample(report.unreadable_sample);
}

inline void grpc_code(std::string_view input) {
  const std::optional<std::string_view> name = grpc_code_name(input);
  promise(!name || !name->empty(), "a code has a name");
}

inline void x509(std::string_view input) {
  const Result<Certificate> certificate = parse_x509(input);
  if (!certificate) {
    promise(!certificate.error().message.empty(), "an error has words");
    return;
  }
  promise(certificate->fingerprint_sha256.size() == 64, "a certificate has a fingerprint");
  promise(certificate->not_before.has_value(), "a certificate has both dates");
  promise(certificate->sans.size() <= limits::names_per_certificate, "names are bounded");
  for (const SubjectAltName& name : certificate->sans) {
    for (const char c : name.text) promise(c >= 0x20 && c < 0x7F, "names are printable");
    promise(name.text.size() < limits::certificate_name_bytes + 4, "a name is bounded");
  }
  promise(certificate->subject.size() < limits::certificate_name_bytes + 4, "a name is bounded");
  for (const char c : certificate->subject_common_name) {
    promise(static_cast<unsigned char>(c) >= 0x20, "a common name has no control characters");
  }
}

inline constexpr std::array<Target, 10> targets{{
    {"envoy_stats", envoy_stats},
    {"stat_buckets", stat_buckets},
    {"envoy_certs", envoy_certs},
    {"envoy_clusters_json", envoy_clusters_json},
    {"envoy_clusters_text", envoy_clusters_text},
    {"envoy_config_dump", envoy_config_dump},
    {"envoy_server_info", envoy_server_info},
    {"exposition", exposition},
    {"grpc_code", grpc_code},
    {"x509", x509},
}};

}  // namespace mesh::fuzz
