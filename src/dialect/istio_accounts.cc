// Noting and judging; see istio_accounts.h.
#include "dialect/istio_accounts.h"

#include <utility>

#include "base/text.h"
#include "dialect/page_counters.h"

namespace mesh {
namespace {

// Which kind of what can be told twice; nothing of what only one account has.
std::optional<std::size_t> kind_of(Counted counted) {
  switch (counted) {
    case Counted::calls: return 0;
    case Counted::messages: return 1;
    case Counted::duration_bucket:
    case Counted::duration_sum_us: return 2;
    case Counted::resets: return 3;
    default: return std::nullopt;
  }
}

constexpr std::size_t resets_kind = 3;

// "users.shop.svc.cluster.local" and "50051"; no port if there is none.
std::pair<std::string_view, std::string_view> split_port(std::string_view upstream) {
  const std::size_t colon = upstream.rfind(':');
  if (colon == std::string_view::npos || !parse_u64(upstream.substr(colon + 1))) {
    return {upstream, {}};
  }
  return {upstream.substr(0, colon), upstream.substr(colon + 1)};
}

std::string host_of(std::string_view upstream) { return std::string(split_port(upstream).first); }

// Two series of which the second tells nothing that the first did not.
bool is_alike(const SeriesKey& a, const SeriesKey& b) {
  return a.counted == b.counted && a.direction == b.direction && a.upstream == b.upstream &&
         a.method.empty() == b.method.empty();
}

}  // namespace

void IstioAccounts::begin() {
  // Where nothing was told, nothing has changed.
  if (!told_.empty()) before_ = std::exchange(told_, {});
  ports_.clear();
  last_ = {};
  last_upstream_.clear();
}

void IstioAccounts::note(Account account, const SeriesKey& key) {
  std::optional<SeriesKey>& last = last_[static_cast<std::size_t>(account)];
  if (last && is_alike(*last, key)) return;  // they come upstream by upstream
  last = key;
  const bool is_envoys = account == Account::envoy;
  if (is_envoys && key.direction == Direction::outbound) note_upstream(key.upstream);
  std::optional<std::size_t> kind = kind_of(key.counted);
  if (is_envoys && key.counted == Counted::attempts) kind = resets_kind;
  if (!kind) return;
  Told& told = told_[{key.direction, host_of(key.upstream)}];
  Teller& teller = told[static_cast<std::size_t>(account)][*kind];
  teller.tells = true;
  teller.methods = teller.methods || !key.method.empty();
}

void IstioAccounts::note_upstream(std::string_view upstream) {
  if (upstream == last_upstream_) return;
  last_upstream_ = upstream;
  const auto [host, port] = split_port(upstream);
  if (port.empty()) return;
  const auto [it, fresh] = ports_.emplace(host, port);
  if (!fresh && it->second != port) it->second.clear();
}

SeriesKey IstioAccounts::judged(Account account, SeriesKey key) const {
  const std::optional<std::size_t> kind = kind_of(key.counted);
  const Account believed = kind ? believed_about(key, *kind).value_or(account) : account;
  if (account == Account::envoy) {
    // Its resets have kinds that Istio's have not.
    return believed == account || *kind == resets_kind ? key : followed_only();
  }
  if (believed != account) return followed_only();
  if (!key.upstream.empty()) key.upstream = with_port(key.upstream);
  return key;
}

// Nothing where not both tell of it.
std::optional<Account> IstioAccounts::believed_about(const SeriesKey& key, std::size_t kind) const {
  const Whom whom{key.direction, host_of(key.upstream)};
  const Teller envoy = teller(told_, whom, Account::envoy, kind);
  const Teller istio = teller(told_, whom, Account::istio, kind);
  if (!envoy.tells || !istio.tells) return std::nullopt;
  const bool only_istio_has_methods = kind != resets_kind && istio.methods && !envoy.methods;
  const Account better = only_istio_has_methods ? Account::istio : Account::envoy;
  const Account other = only_istio_has_methods ? Account::envoy : Account::istio;
  const bool is_new = !teller(before_, whom, better, kind).tells;
  return is_new && teller(before_, whom, other, kind).tells ? other : better;
}

IstioAccounts::Teller IstioAccounts::teller(const std::map<Whom, Told>& told, const Whom& whom,
                                            Account account, std::size_t kind) {
  const auto found = told.find(whom);
  return found == told.end() ? Teller{} : found->second[static_cast<std::size_t>(account)][kind];
}

std::string IstioAccounts::with_port(const std::string& host) const {
  const auto found = ports_.find(host);
  if (found == ports_.end() || found->second.empty()) return host;
  return std::string(host).append(":").append(found->second);
}

}  // namespace mesh
