// gzip (RFC 1952) of a page: a metrics page shrinks to about a twentieth, and every scraper of note
// accepts it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace mesh {

// Takes a page as it is made, so that the whole of it is never there. Fast rather than small: a
// page is names repeated over and over, which every level shortens to a few percent, and the
// processor time is taken from the node's workloads. Not thread-safe.
class Gzip {
 public:
  Gzip();
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  void add(std::string_view plain);

  // All that was added, compressed. REQUIRES: nothing is added afterwards.
  std::string finish();

 private:
  struct Stream;

  std::unique_ptr<Stream> stream_;
  std::string packed_;
};

std::string gzip(std::string_view plain);

}  // namespace mesh
