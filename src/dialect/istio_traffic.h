// The counters of the families of Istio's filters on one page (istio_sample.h, istio_tcp.h), beside
// those that Envoy itself has of the same calls, on that page or at its admin port
// (istio_accounts.h).
//
//   traffic.begin();
//   for each series of Envoy's: traffic.accounts().note(Account::envoy, key)
//   for each sample: traffic.look(sample)
//   for each sample: traffic.enter(sample, counters)
//   traffic.tell(readings);
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.h"
#include "dialect/istio_accounts.h"
#include "dialect/page_counters.h"
#include "model/readings.h"
#include "wire/exposition.h"

namespace mesh {

// One per target. Not thread-safe.
class IstioTraffic {
 public:
  // Whether Istio's filter may be at work in the proxy on a page: if it is not, nobody need look.
  static bool is_on(std::string_view page) {
    return page.find("istio_build") != page.npos || page.find("istio_re") != page.npos ||
           page.find("istio_tcp_") != page.npos;
  }

  void begin();
  void look(const Sample& sample);
  IstioAccounts& accounts() { return accounts_; }

  // REQUIRES: the whole answer was looked at.
  void enter(const Sample& sample, PageCounters& counters);
  // Adds what could not be read, or is of no method. REQUIRES: before the block of counters is
  // ended, which is complete if nothing was unreadable.
  void tell(Readings& readings) const;

 private:
  void count(const Sample& sample, SeriesKey key, PageCounters& counters);

  IstioAccounts accounts_;
  std::size_t times_ = 0;  // series of durations
  bool told_ = false;      // there is any of the families
  std::uint64_t ambiguous_ = 0;
  Unreadables unreadables_;
};

// Of istio_build of this component ("proxy", "ztunnel"): which release of Istio it is of; "" of any
// other sample, and where the build was told none.
std::string_view istio_release(const Sample& sample, std::string_view component);

}  // namespace mesh
