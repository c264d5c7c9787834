// Learning what Envoy's statistics mean, and reading them; see envoy_traffic.h.
#include "dialect/envoy_traffic.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "dialect/bound.h"
#include "dialect/envoy_counters.h"
#include "wire/grpc_code.h"
#include "wire/name_table.h"

namespace mesh {
namespace {

// FNV-1a over whole numbers.
constexpr std::uint64_t digest_start = 14695981039346656037u;
std::uint64_t digest_add(std::uint64_t digest, std::uint64_t value) {
  return (digest ^ value) * 1099511628211u;
}

// What moves when anything happens at a cluster or to its members.
constexpr bool is_activity(std::string_view stat) {
  return stat == "upstream_rq_total" || stat == "upstream_cx_total" ||
         stat == "upstream_cx_active" || stat.starts_with("membership_");
}

// Room for them spares a copy of all the others. A status, or so, of each of many upstreams.
constexpr std::size_t usual_merged_series = 2048;

}  // namespace

bool any_fell(const CounterBlock& before, const CounterBlock& now) {
  std::unordered_map<std::string_view, std::uint64_t> values;
  for (std::size_t i = 0; i < now.values.size(); ++i) {
    values.emplace((*now.series)[i].source, now.values[i]);
  }
  for (std::size_t i = 0; i < before.values.size(); ++i) {
    const auto it = values.find((*before.series)[i].source);
    if (it == values.end() || it->second < before.values[i]) return true;
  }
  return false;
}

void EnvoyTraffic::read(std::string body) {
  let_go();  // of the last body, before there are two
  body_ = std::move(body);
  reader_.read(body_, answer_);
  if (generation_ != reader_.generation()) {
    generation_ = reader_.generation();
    meant_.clear();
    learnt_ = false;
  }
  learnt_ = learnt_ && answer_.same_layout;
}

void EnvoyTraffic::know_clusters(NameSet clusters) {
  if (clusters == listed_) return;
  listed_ = std::move(clusters);
  meant_.clear();
  learnt_ = false;
}

void EnvoyTraffic::let_go() {
  answer_.texts.clear();
  std::string().swap(body_);  // an assignment would keep its memory
}

EnvoyTrafficReport EnvoyTraffic::report() {
  if (!learnt_ || !layout_holds()) learn();
  EnvoyTrafficReport report;
  report.counters.series = series_;
  report.counters.values.assign(series_->size(), 0);
  report.counters.complete = answer_.unreadable == 0;
  report.ambiguous = ambiguous_;
  for (const std::string& cluster : active_) report.activity.push_back({cluster, digest_start});

  std::optional<std::uint64_t> allocated, reserved;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const Line& line = lines_[i];
    const std::uint64_t value = answer_.values[i];
    switch (line.kind) {
      case Kind::counter: report.counters.values[line.index] += value; break;
      case Kind::state: report.server_state = value; break;
      case Kind::uptime: report.server_uptime = value; break;
      case Kind::memory_allocated: allocated = value; break;
      case Kind::memory_reserved: reserved = value; break;
      case Kind::buckets:
      case Kind::ignored: break;
    }
  }
  if (allocated && reserved) report.heap = Heap{*allocated, *reserved};
  for (const Move& move : moves_) {
    std::uint64_t& digest = report.activity[move.activity].digest;
    digest = digest_add(digest, answer_.values[move.position]);
  }
  for (std::size_t i = 0; i < text_lines_.size(); ++i) {
    const Line& line = text_lines_[i];
    if (line.kind != Kind::buckets || line.buckets == 0) continue;
    if (!parse_stat_buckets(answer_.texts[i].text, buckets_)) continue;
    for (std::uint32_t b = 0; b < line.buckets; ++b) {
      report.counters.values[line.index + b] += buckets_[b].cumulative;
    }
  }
  return report;
}

// A histogram that recorded its first value has buckets where it had none.
bool EnvoyTraffic::layout_holds() {
  for (std::size_t i = 0; i < text_lines_.size(); ++i) {
    if (text_lines_[i].kind != Kind::buckets) continue;
    const bool readable = parse_stat_buckets(answer_.texts[i].text, buckets_);
    if ((readable ? buckets_.size() : 0) != text_lines_[i].buckets) return false;
  }
  return true;
}

void EnvoyTraffic::learn() {
  learn_names();
  const std::size_t lines = answer_.slots.size() + answer_.texts.size();
  new_series_.clear();
  new_series_.reserve(std::min(lines, limits::raw_series_per_target + usual_merged_series));
  raw_bytes_ = 0;
  newly_meant_.assign(reader_.remembered_count(), unknown);
  merged_.clear();
  active_.clear();
  moves_.clear();
  activity_index_.clear();
  ambiguous_ = 0;
  lines_ = std::vector<Line>();
  lines_.reserve(answer_.slots.size());
  text_lines_.clear();
  for (std::uint32_t i = 0; i < answer_.slots.size(); ++i) {
    lines_.push_back(learn_line(answer_.slots[i], i, {}));
  }
  for (const StatText& text : answer_.texts) {
    text_lines_.push_back(learn_line(text.slot, 0, text.text));
  }
  // The same series under a layout that changed elsewhere stay the same series to everybody.
  if (!series_ || *series_ != new_series_) {
    new_series_.shrink_to_fit();
    series_ = std::make_shared<const std::vector<Series>>(std::move(new_series_));
  }
  new_series_ = std::vector<Series>();
  meant_ = std::move(newly_meant_);
  learnt_ = true;
}

// Which clusters there are, for taking names apart. A new one may change what a name means.
void EnvoyTraffic::learn_names() {
  NameSet known = listed_;
  for (const std::uint32_t slot : answer_.slots) {
    const std::string_view cluster = self_evident_cluster(reader_.name(slot));
    if (!cluster.empty() && !known.contains(cluster)) known.emplace(cluster);
  }
  if (known == known_) return;
  known_ = std::move(known);
  meant_.clear();
}

EnvoyTraffic::Line EnvoyTraffic::learn_line(std::uint32_t slot, std::uint32_t position,
                                            std::string_view histogram) {
  const std::string_view name = reader_.name(slot);
  Meaning meaning = recall_or_find(slot);
  if (meaning.ambiguous) ++ambiguous_;
  Line line{meaning.kind};
  const bool is_text = !histogram.empty();
  if (is_text != (line.kind == Kind::buckets)) return {};
  const auto next = static_cast<std::uint32_t>(new_series_.size());
  bool is_raw = false;
  if (!meaning.cluster.empty()) moves_.push_back({position, activity_of(meaning.cluster)});
  if (line.kind == Kind::counter) {
    is_raw = has_room(name.size());
    line.index = is_raw ? next : merge(meaning.key);
    if (is_raw) add_raw(std::string(name), 0, std::move(meaning.key));
  } else if (line.kind == Kind::buckets && parse_stat_buckets(histogram, buckets_)) {
    is_raw = has_room(buckets_.size() * name.size());
    if (!is_raw) return {};
    line.index = next;
    line.buckets = static_cast<std::uint32_t>(buckets_.size()) & 0xFFFFFF;
    for (const StatBucket& bucket : buckets_) {
      meaning.key.detail = bound_in_seconds(bucket.upper_bound);
      // One histogram is one scope; any number of its own within the answer will do.
      add_raw(std::string(name) + "/" + meaning.key.detail, next + 1, meaning.key);
    }
    is_raw = line.buckets > 0;
  }
  const bool is_all = !meaning.ambiguous && meaning.cluster.empty();
  if (is_raw && is_all && slot < newly_meant_.size()) newly_meant_[slot] = next;
  return line;
}

EnvoyTraffic::Meaning EnvoyTraffic::recall_or_find(std::uint32_t slot) const {
  const std::uint32_t series = slot < meant_.size() ? meant_[slot] : unknown;
  if (series == unknown) return meaning_of(reader_.name(slot));
  const SeriesKey& key = (*series_)[series].key;
  const bool is_histogram = key.counted == Counted::duration_bucket;
  return {is_histogram ? Kind::buckets : Kind::counter, false, {}, key};
}

EnvoyTraffic::Meaning EnvoyTraffic::meaning_of(std::string_view name) const {
  Meaning meaning;
  if (name == "server.state") return {Kind::state, false, {}, {}};
  if (name == "server.uptime") return {Kind::uptime, false, {}, {}};
  if (name == "server.memory_allocated") return {Kind::memory_allocated, false, {}, {}};
  if (name == "server.memory_heap_size") return {Kind::memory_reserved, false, {}, {}};
  if (const EnvoyCounter* counter = find_own_counter(name)) {
    meaning.kind = Kind::counter;
    meaning.key = {
        counter->counted, Direction::inbound, "", "", "", "", std::string(counter->detail)};
    return meaning;
  }
  const ClusterStat stat = split_cluster_stat(name, known_);
  if (stat.cluster.empty()) {
    // A cluster that neither /clusters nor its own statistics name: the status is still certain.
    const std::size_t grpc = name.find(".grpc");
    if (!name.starts_with("cluster.") || grpc == std::string_view::npos) return meaning;
    meaning = grpc_meaning({}, name.substr(grpc + 1));
    meaning.key.service.clear();
    meaning.key.method.clear();
    meaning.ambiguous = meaning.kind != Kind::ignored;
    return meaning;
  }
  if (stat.rest.starts_with("grpc")) return grpc_meaning(stat.cluster, stat.rest);
  if (is_activity(stat.rest)) meaning.cluster = stat.cluster;
  if (const EnvoyCounter* counter = find_cluster_counter(stat.rest)) {
    const UpstreamName upstream = read_cluster_name(stat.cluster);
    meaning.kind = Kind::counter;
    meaning.key = {counter->counted,
                   upstream.direction,
                   upstream.upstream,
                   upstream.subset,
                   "",
                   "",
                   std::string(counter->detail)};
  }
  return meaning;
}

EnvoyTraffic::Meaning EnvoyTraffic::grpc_meaning(std::string_view cluster,
                                                 std::string_view rest) const {
  const GrpcStat stat = split_grpc_stat(rest);
  const UpstreamName upstream = read_cluster_name(cluster);
  Meaning meaning{Kind::counter, !stat.exact, {}, {}};
  meaning.key = {Counted::calls,
                 upstream.direction,
                 upstream.upstream,
                 upstream.subset,
                 std::string(stat.service),
                 std::string(stat.method),
                 ""};
  if (const auto code = grpc_code_name(stat.counted)) {
    meaning.key.detail = *code;
  } else if (stat.counted == "request_message_count" || stat.counted == "response_message_count") {
    meaning.key.counted = Counted::messages;
    meaning.key.detail = stat.counted.substr(0, stat.counted.find('_'));
  } else if (stat.counted == "upstream_rq_time") {
    meaning.key.counted = Counted::duration_bucket;
    meaning.kind = Kind::buckets;
  } else {
    return {};  // success, failure, total: sums of what is counted by status already
  }
  return meaning;
}

bool EnvoyTraffic::has_room(std::size_t bytes) const {
  return new_series_.size() < limits::raw_series_per_target &&
         raw_bytes_ + bytes <= limits::raw_series_bytes_per_target;
}

void EnvoyTraffic::add_raw(const std::string& source, std::uint32_t scope, SeriesKey key) {
  raw_bytes_ += source.size();
  new_series_.push_back({NameTable::short_for(source), scope, std::move(key)});
}

// The series of all sources beyond the bound that differ in service and method only.
std::uint32_t EnvoyTraffic::merge(SeriesKey key) {
  key.service = "other";
  key.method = "other";
  std::string name = "other " + key.upstream + " " + key.subset + " " + key.detail + " " +
                     std::to_string(static_cast<int>(key.counted)) +
                     std::to_string(static_cast<int>(key.direction));
  const auto [it, fresh] = merged_.emplace(name, new_series_.size());
  if (fresh) new_series_.push_back({std::move(name), 0, std::move(key)});
  return it->second;
}

std::uint32_t EnvoyTraffic::activity_of(const std::string& cluster) {
  const auto [it, fresh] = activity_index_.emplace(cluster, active_.size());
  if (fresh) active_.push_back(cluster);
  return it->second;
}

}  // namespace mesh
