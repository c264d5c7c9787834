// Which of two accounts is believed about the calls to an upstream, where an Istio sidecar tells of
// them twice: in the families of Istio's own filter (istio_sample.h), and in Envoy's statistics of
// clusters, which proxyStatsMatcher lets in.
//
// The same call is in both, once. So for each upstream (its host: Istio names no port), and for
// what is received, one account is counted; the other is followed all the same, under a key that is
// not shown (Counted::followed). When another account is to be believed, only what it counts from
// then on is taken from it (compute/counter_book.h).
//
//   calls, messages, times   Envoy's where it has any: it names the port and the subset, as pools
//                            and endpoints are named. But Istio's, if that tells methods and
//                            Envoy's does not
//   resets                   Envoy's where its requests to the upstream are counted at all, for its
//                            counters of resets appear with the first of them
//
// For each of these by itself: Envoy's has calls and no times where it is not told to have them.
// One that appears beside the other waits for an answer: what it comes with was counted there
// before.
//
// An upstream of Istio's account gets the port if its host is known with exactly one, by Envoy's
// statistics or its endpoints. So it joins what is told of pools; a host with two ports has none.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "model/series.h"

namespace mesh {

enum class Account : std::uint8_t { envoy, istio };

// One per target. Not thread-safe.
class IstioAccounts {
 public:
  // A new answer.
  void begin();

  // What a series of an account means, before any judgement. All of an answer are noted before the
  // first is judged.
  void note(Account account, const SeriesKey& key);
  // An upstream that is known otherwise.
  void note_upstream(std::string_view upstream);

  // As what a series of an account counts.
  SeriesKey judged(Account account, SeriesKey key) const;

 private:
  static constexpr std::size_t kinds = 4;  // calls, messages, times, resets
  struct Teller {
    bool tells = false, methods = false;
  };
  using Told = std::array<std::array<Teller, kinds>, 2>;  // by account
  using Whom = std::pair<Direction, std::string>;         // with the host of the upstream

  std::optional<Account> believed_about(const SeriesKey& key, std::size_t kind) const;
  static Teller teller(const std::map<Whom, Told>& told, const Whom& whom, Account account,
                       std::size_t kind);
  std::string with_port(const std::string& host) const;

  std::map<Whom, Told> told_, before_;
  std::map<std::string, std::string, std::less<>> ports_;  // by host; "": several
  std::array<std::optional<SeriesKey>, 2> last_{};         // noted, by account
  std::string last_upstream_;
};

}  // namespace mesh
