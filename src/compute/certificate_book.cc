// Judging what a place holds; the rules are in certificate_book.h.
#include "compute/certificate_book.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "compute/rotation_points.h"

namespace mesh {
namespace {

using std::chrono::sys_seconds;

// Issuers date certificates back, so that clocks that are behind accept them at once: Istio by two
// minutes, which is a whole life of the shortest ones.
constexpr std::chrono::minutes backdated{2};

// An identity that is gone for longer and returns begins anew: a pod that was away for a while.
constexpr std::chrono::hours remembered{1};

struct Listed {
  const Certificate* certificate;
  std::size_t group;  // index in look.held
};

bool same(const Certificate& a, const Certificate& b) { return !is_newer(a, b) && !is_newer(b, a); }

// Of the newest at the last look that listed any, what is_newer() looks at, and the slack.
Certificate newest_of(const KnownCertificate& last) {
  const Certificate* newest = &last.in_use;
  for (const Certificate& one : last.beside) {
    if (is_newer(one, *newest)) newest = &one;
  }
  Certificate told;
  told.not_before = newest->not_before;
  told.not_after = last.followed.told;
  told.serial = newest->serial;
  told.not_after_slack = newest->not_after_slack;
  return told;
}

// Whether both may be the same, as far as an end can tell that is no better known.
bool may_be_same(const Certificate& a, const Certificate& b) {
  const auto apart = std::chrono::abs(a.not_after - b.not_after);
  return a.not_before == b.not_before && a.serial == b.serial &&
         apart <= std::max(a.not_after_slack, b.not_after_slack);
}

bool expires_first(const Certificate& a, const Certificate& b) { return a.not_after < b.not_after; }

// All that is listed, without those that the bound leaves out: the ones that expire last.
std::vector<Listed> all_of(const CertificateLook& look, std::uint64_t& left_out) {
  left_out = look.left_out;
  std::vector<Listed> all;
  for (std::size_t group = 0; group < look.held.size(); ++group) {
    for (const Certificate& one : look.held[group]) all.push_back({&one, group});
  }
  if (all.size() <= limits::certificates_per_place) return all;
  // The same certificate comes once per TLS context: repetitions are no reason to leave one out.
  const auto order = [](const Listed& a, const Listed& b) {
    if (a.certificate->not_after != b.certificate->not_after) {
      return expires_first(*a.certificate, *b.certificate);
    }
    return a.certificate->serial < b.certificate->serial;
  };
  std::ranges::stable_sort(all, order);
  std::size_t distinct = 0, kept = 0;
  for (; kept < all.size(); ++kept) {
    const bool repeated = kept > 0 && *all[kept].certificate == *all[kept - 1].certificate;
    if (!repeated && ++distinct > limits::certificates_per_place) break;
  }
  left_out += all.size() - kept;
  all.resize(kept);
  return all;
}

// By group: the trust domain of its leaves; "" if they have none, or several.
std::vector<std::string_view> domains_of(const CertificateLook& look) {
  std::vector<std::string_view> domains;
  for (const HeldTogether& group : look.held) {
    std::optional<std::string_view> its;
    for (const Certificate& one : group) {
      if (one.role != CertificateRole::leaf) continue;
      const std::string_view domain = trust_domain_of(identity_of(one));
      its = !its || *its == domain ? domain : std::string_view();
    }
    domains.push_back(its.value_or(std::string_view()));
  }
  return domains;
}

// That of the leaves which the newest is held together with.
std::string_view domain_of(const std::vector<Listed>& listed,
                           const std::vector<std::string_view>& domains) {
  const Certificate& newest = *listed.front().certificate;
  std::string_view its;
  for (const Listed& one : listed) {
    if (!same(*one.certificate, newest) || domains[one.group].empty()) continue;
    if (!its.empty() && its != domains[one.group]) return {};
    its = domains[one.group];
  }
  return its;
}

// Of all that is listed under one identity, newest first, each once: what is in use and what is
// not.
KnownCertificate divide(const std::vector<Listed>& listed) {
  const Certificate& newest = *listed.front().certificate;
  const bool by_group =
      newest.role == CertificateRole::leaf && newest.key_algorithm == KeyAlgorithm::unknown;
  std::set<std::size_t> groups;  // that hold the newest
  for (const Listed& one : listed) {
    if (same(*one.certificate, newest)) groups.insert(one.group);
  }

  KnownCertificate known;
  std::vector<const Certificate*> used;
  for (std::size_t i = 0, next; i < listed.size(); i = next) {
    const Certificate& one = *listed[i].certificate;
    bool with_newest = false;
    for (next = i; next < listed.size() && same(*listed[next].certificate, one); ++next) {
      with_newest |= groups.contains(listed[next].group);
    }
    if (i == 0 || (by_group && with_newest)) {
      used.push_back(&one);
    } else {
      known.draining.push_back(one);
    }
  }
  const auto first = std::ranges::min_element(
      used, [](const Certificate* a, const Certificate* b) { return expires_first(*a, *b); });
  known.in_use = **first;
  used.erase(first);
  for (const Certificate* one : used) known.beside.push_back(*one);
  return known;
}

// Goes on with the history of what was known before, if anything was. Whether the newest came into
// the place of another.
bool follow(KnownCertificate& known, const Certificate& newest, const KnownCertificate* last,
            sys_seconds now) {
  bool is_same = false, is_renewed = false;
  if (last) {
    const Certificate before = newest_of(*last);
    is_same = may_be_same(newest, before);
    is_renewed = !is_same && is_newer(newest, before);
    known.rotations = last->rotations + (is_renewed ? 1 : 0);
    known.last_rotation = last->last_rotation;
    known.since = last->since;
    known.followed = last->followed;
  }
  if (!is_same) {
    known.since = now;
    known.followed.end = newest.not_after;
    known.last_rotation = is_renewed ? now : newest.not_before;
    known.followed.began =
        is_renewed ? now : std::min(now, newest.not_before.value_or(now) + backdated);
  }
  known.followed.told = newest.not_after;
  known.followed.end = std::min(known.followed.end, newest.not_after);
  if (same(known.in_use, newest)) known.in_use.not_after = known.followed.end;
  return is_renewed;
}

}  // namespace

CertificateBook::CertificateBook(CertificateSource source, std::string location,
                                 CertificateRules rules)
    : source_(source), location_(std::move(location)), rules_(std::move(rules)) {}

CertificateBook::Key CertificateBook::key_of(const KnownCertificate& known) {
  return {known.in_use.role, identity_of(known.in_use), known.in_use.key_algorithm};
}

// As of the last look that listed it; null if nothing is remembered.
const KnownCertificate* CertificateBook::last_of(const Key& key) const {
  if (place_) {
    const auto it = std::ranges::lower_bound(place_->known, key, std::ranges::less(), key_of);
    if (it != place_->known.end() && key_of(*it) == key) return &*it;
  }
  const auto gone = gone_.find(key);
  return gone == gone_.end() ? nullptr : &gone->second.known;
}

std::vector<Rotation> CertificateBook::enter(const CertificateLook& look, WallTime at) {
  const sys_seconds now = std::chrono::floor<std::chrono::seconds>(at);
  auto place =
      std::make_shared<CertificatePlace>(CertificatePlace{source_, location_, at, {}, 0, {}});

  std::map<Key, std::vector<Listed>> listed;
  for (const Listed& one : all_of(look, place->left_out)) {
    const Certificate& c = *one.certificate;
    listed[{c.role, identity_of(c), c.key_algorithm}].push_back(one);
  }

  const std::vector<std::string_view> domains = domains_of(look);
  std::vector<Rotation> rotations;
  place->known.reserve(listed.size());
  for (auto& [key, under_key] : listed) {
    std::ranges::stable_sort(under_key, [](const Listed& a, const Listed& b) {
      return is_newer(*a.certificate, *b.certificate);
    });
    const Certificate& newest = *under_key.front().certificate;
    const KnownCertificate* last = last_of(key);
    KnownCertificate known = divide(under_key);
    if (follow(known, newest, last, now) && newest.role == CertificateRole::leaf) {
      rotations.push_back({std::string(std::get<std::string_view>(key)), last->followed.end});
    }
    judge(known, now);
    place->known.push_back(std::move(known));
    if (newest.role == CertificateRole::leaf) continue;
    const std::string_view domain = domain_of(under_key, domains);
    if (!domain.empty()) {
      place->authorities.push_back({place->known.size() - 1, std::string(domain)});
    }
  }
  remember_absent(*place, now);
  place_ = std::move(place);
  return rotations;
}

void CertificateBook::judge(KnownCertificate& known, sys_seconds now) const {
  if (known.in_use.role != CertificateRole::leaf) return;
  const double point = rotation_point({rules_.issued_by, rules_.rotation_point}, known.in_use);
  known.rotation_point = point;
  known.due = renewal_due(point, known.followed.began, known.in_use.not_after);
  // What was past its end when it was first seen has no life that could tell.
  if (!known.due) known.due = known.in_use.not_after;
  known.overdue = now >= *known.due;
}

// What the last look listed and the next does not, for a while.
void CertificateBook::remember_absent(const CertificatePlace& next, sys_seconds now) {
  const auto listed = [&](const auto& key) {
    return std::ranges::binary_search(next.known, Key(key), std::ranges::less(), key_of);
  };
  if (place_) {
    for (const KnownCertificate& known : place_->known) {
      if (listed(key_of(known))) continue;
      const sys_seconds seen = std::chrono::floor<std::chrono::seconds>(place_->seen);
      gone_.insert_or_assign(OwnedKey(key_of(known)), Gone{known, seen});
    }
  }
  const bool crowded = next.known.size() + gone_.size() > 2 * limits::certificates_per_place;
  std::erase_if(gone_, [&](const auto& one) {
    const sys_seconds seen = one.second.last_seen;
    return crowded || now - seen > remembered || now < seen || listed(one.first);
  });
}

}  // namespace mesh
