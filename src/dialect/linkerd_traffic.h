// From the counters of Linkerd's page to counters in mesh-neutral words.
//
// Each family is counted as what it is (the list is in linkerd_traffic.cc). What is not the truth
// about an upstream now (linkerd_truth.h) is followed all the same, under a key that nobody sees:
// when another family becomes the truth, its increases from then on are counted, not what it had
// before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "dialect/linkerd_truth.h"
#include "dialect/page_counters.h"
#include "model/readings.h"
#include "wire/exposition.h"

namespace mesh {

// One per target. Not thread-safe.
class LinkerdTraffic {
 public:
  // `admin_port`: the port of the page itself, whose callers are none of the workload's.
  explicit LinkerdTraffic(std::string admin_port) : admin_port_(std::move(admin_port)) {}

  void begin();
  // REQUIRES: `truth` has judged the answer that the sample is of.
  void enter(const Sample& sample, const LinkerdTruth& truth);
  // Sets both blocks of counters; values that no counter has are unreadable.
  void tell(Readings& readings);

  bool is_admin(const Sample& inbound) const;

 private:
  struct Family;

  void request(const Sample& sample, const LinkerdTruth& truth);
  void answer(const Sample& sample, const LinkerdTruth& truth);
  void profile_answer(const Sample& sample, const LinkerdTruth& truth);
  void connection(const Sample& sample, const LinkerdTruth& truth);
  void grpc_call(const Sample& sample, const LinkerdTruth& truth);
  void http_request(const Sample& sample, const LinkerdTruth& truth);
  void denial(const Sample& sample, const LinkerdTruth& truth);
  void retry(const Sample& sample, const LinkerdTruth& truth);
  void budget(const Sample& sample, const LinkerdTruth& truth);
  void answer_time(const Sample& sample, const LinkerdTruth& truth);
  void profile_time(const Sample& sample, const LinkerdTruth& truth);

  void count(const Sample& sample, SeriesKey key);
  // Of a sample that is counted as something else as well.
  void count_also(const Sample& sample, std::string_view as, SeriesKey key);
  void count_endpoint(const Sample& sample, Counted counted);
  void count_time(const Sample& sample, SeriesKey key);
  void note_unreadable(const Sample& sample);

  static const Family* find(std::string_view name);

  std::string admin_port_;
  PageCounters counters_, endpoints_;
  std::uint64_t ambiguous_ = 0;
  Unreadables unreadables_;
};

}  // namespace mesh
