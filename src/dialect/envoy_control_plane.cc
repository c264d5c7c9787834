// Taking the names apart; see envoy_control_plane.h.
#include "dialect/envoy_control_plane.h"

#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "base/text.h"
#include "dialect/envoy_names.h"

namespace mesh {
namespace {

std::string without_semicolon(std::string_view name) {
  if (name.ends_with(';')) name.remove_suffix(1);
  return std::string(name);
}

// "sds.default" → the secret `default`. What is none of the five kinds is none of ours.
std::optional<std::pair<ConfigKind, std::string>> owner_of(std::string_view name) {
  using enum ConfigKind;
  if (name == "cluster_manager.cds") return {{cds, ""}};
  if (name == "listener_manager.lds") return {{lds, ""}};
  if (take_front(name, "sds.")) return {{sds, std::string(name)}};
  if (take_front(name, "cluster.")) return {{eds, without_semicolon(name)}};
  if (take_front(name, "http.") && name.find(".rds.") != std::string_view::npos) {
    return {{rds, std::string(name)}};
  }
  return std::nullopt;
}

}  // namespace

ControlPlaneReading EnvoyControlPlane::report(const StatsReader& reader,
                                              const StatsAnswer& answer) {
  if (layout_ != answer.layout) learn(reader, answer);
  ControlPlaneReading reading = empty_;
  reading.complete = answer.unreadable == 0;
  endpoints_rejected_ = false;
  for (const Line& line : lines_) {
    const std::uint64_t value = answer.values[line.position];
    if (line.fact == Fact::connected) {
      reading.links[line.index].connected = value != 0;
      continue;
    }
    ConfigResource& resource = reading.resources[line.index];
    switch (line.fact) {
      case Fact::connected: break;
      case Fact::attempts: resource.attempts = value; break;
      case Fact::accepted: resource.accepted = value; break;
      case Fact::rejected:
        resource.rejected = value;
        endpoints_rejected_ |= resource.kind == ConfigKind::eds && value > 0;
        break;
      case Fact::failed: resource.failed = value; break;
      case Fact::last_update: resource.last_update = value; break;
      // Contexts are updated one after the other: the last of them tells when all are.
      case Fact::expires: resource.expires = std::min(resource.expires.value_or(value), value);
    }
  }
  return reading;
}

void EnvoyControlPlane::learn(const StatsReader& reader, const StatsAnswer& answer) {
  lines_.clear();
  resources_.clear();
  empty_ = {};
  for (std::uint32_t i = 0; i < answer.slots.size(); ++i) {
    learn_line(reader.name(answer.slots[i]), i);
  }
  for (std::uint32_t i = 0; i < answer.slots.size(); ++i) {
    learn_addition(reader.name(answer.slots[i]), i);
  }
  layout_ = answer.layout;
}

void EnvoyControlPlane::learn_line(std::string_view name, std::uint32_t position) {
  if (name == "control_plane.connected_state") return add_link({ConfigKind::ads, ""}, position);
  if (take_back(name, ".control_plane.connected_state")) {
    if (const auto owner = owner_of(name)) add_link(*owner, position);
    return;
  }
  Fact fact{};
  if (take_back(name, ".update_attempt")) {
    fact = Fact::attempts;
  } else if (take_back(name, ".update_success")) {
    fact = Fact::accepted;
  } else if (take_back(name, ".update_rejected")) {
    fact = Fact::rejected;
  } else if (take_back(name, ".update_failure")) {
    fact = Fact::failed;
  } else if (take_back(name, ".update_time")) {
    fact = Fact::last_update;
  } else {
    return;
  }
  const auto owner = owner_of(name);
  if (!owner || (owner->first == ConfigKind::eds && fact != Fact::rejected)) return;
  add_fact(*owner, fact, position);
}

// What is read of those only that are known by now: of clusters with rejected endpoints when they
// were last updated, and of secrets when the certificate ends.
void EnvoyControlPlane::learn_addition(std::string_view name, std::uint32_t position) {
  if (take_back(name, ".update_time") && take_front(name, "cluster.")) {
    const Owner owner{ConfigKind::eds, without_semicolon(name)};
    if (resources_.contains(owner)) add_fact(owner, Fact::last_update, position);
    return;
  }
  constexpr std::string_view certificate_word = ".ssl.certificate.";
  if (!take_back(name, ".expiration_unix_time_seconds")) return;
  const std::size_t at = name.find(certificate_word);
  if (at == std::string_view::npos) return;
  // The gauge has the secret's own name, the counters a sanitised one (seen with SPIRE).
  const Owner owner{ConfigKind::sds, stat_form(name.substr(at + certificate_word.size()))};
  if (resources_.contains(owner)) add_fact(owner, Fact::expires, position);
}

void EnvoyControlPlane::add_link(const Owner& owner, std::uint32_t position) {
  if (empty_.links.size() >= limits::config_resources_per_target) return;
  lines_.push_back({position, Fact::connected, static_cast<std::uint32_t>(empty_.links.size())});
  empty_.links.push_back({owner.first, owner.second, false});
}

void EnvoyControlPlane::add_fact(const Owner& owner, Fact fact, std::uint32_t position) {
  auto it = resources_.find(owner);
  if (it == resources_.end()) {
    if (resources_.size() >= limits::config_resources_per_target) return;
    it = resources_.emplace(owner, empty_.resources.size()).first;
    empty_.resources.push_back({owner.first, owner.second, 0, 0, 0, 0, 0, {}});
  }
  lines_.push_back({position, fact, it->second});
}

}  // namespace mesh
