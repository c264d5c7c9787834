// The connection pool of one upstream of one target: what it has in use, and what was counted of it
// over the window, under the name by which it is exported. Made by compute/pools.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "model/readings.h"
#include "model/series.h"

namespace mesh {

struct Pool {
  Direction direction = Direction::outbound;
  std::string upstream, subset;
  std::string owner{};  // as SeriesKey::owner

  // False: nothing was told of what is in use (a proxy whose admin port is closed).
  bool is_told = false;
  UpstreamReading now;                    // added up over the clusters of this name
  std::optional<std::uint64_t> tcp_open;  // connections of whatever kind, where they are counted so

  // Over the window, by kind and detail; what did not move is not in it.
  std::map<std::pair<Counted, std::string>, std::uint64_t> increases;

  // No connection was opened since then, so none that is open is younger; by one poll at most too
  // late. Nothing where none was ever opened.
  std::optional<WallTime> none_opened_since;

  // Of one kind: with one detail, or of all details together.
  std::uint64_t increase(Counted counted, std::string_view detail) const;
  std::uint64_t increase(Counted counted) const;
  bool has_open(std::string_view resource) const;  // a breaker, whatever its priority
};

}  // namespace mesh
