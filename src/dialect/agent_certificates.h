// What the meshes' own agents and control planes tell of certificates in their metrics: a source of
// its own (`proxy`), often the only one that can be had from outside a pod.
//
// It is little: when a certificate ends, seldom when it was obtained, never which one it is. So the
// identity of such a certificate is the name that the metric gives it ("default"), and the label
// `certificate` is that. Three ways of telling the end are met:
//
//   the instant    istiod, Linkerd's proxies. 0 means "none yet", a negative number an error
//   seconds left   Istio's agent, Linkerd's issuer: right when the page was made. The end is then
//                  the moment at which the answer was there, and what was left: too late by no more
//                  than the answer took
//   seconds left, an hour ago    Consul: the gauge is set once an hour, by the leader alone (others
//                  say NaN), in single precision. The end is too late by up to an hour; the book
//                  keeps the earliest it was told (compute/certificate_book.h), which comes within
//                  a minute or so after the first hour
//
// Istio's agent, and a ztunnel, which tells of no certificate, also tell how their connection to
// istiod does, over which they have them renewed, and Consul's dataplane whether that to its
// servers is there.
//
// The table of families is in agent_certificates.cc, with where each fact is from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "model/readings.h"
#include "model/request.h"
#include "wire/exposition.h"

namespace mesh {

// Collects from the samples of one page. Not thread-safe.
class AgentCertificates {
 public:
  void enter(const Sample& sample);

  // Sets `agent` to what the page told that `answer` brought, unless no family of the table was on
  // it: then nobody looked. An agent that has no certificate yet gives an empty look. Of more than
  // limits::agent_certificates_per_page those that expire first are held; the others are counted,
  // as often as the page repeats them. Values that are no times and names without end are counted
  // as unreadable.
  void tell(const Response& answer, Readings& readings) const;

 private:
  struct Told {
    std::optional<double> end, left, began;  // seconds since 1970, of now, since 1970
    std::chrono::seconds stale{0};           // how long ago `left` may have been right
  };

  using Key = std::pair<CertificateRole, std::string>;  // role and name

  void leave_out_the_last();

  std::map<Key, Told> told_;
  std::uint64_t left_out_ = 0;
  Unreadables unreadables_;
  std::vector<AgentFailures> failures_;
  std::optional<AgentLink> link_;
  bool heard_ = false;
};

}  // namespace mesh
