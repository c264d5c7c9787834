// Compressing a page as it is made, so that the whole of it is never in memory: a metrics page
// shrinks to about a twentieth. One file a coding (pack_*.cc), the list of them is Coding.
//
// Fast rather than small: a page is names repeated over and over, which every level shortens to a
// few percent, and the processor time is taken from the node's workloads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mesh {

enum class Coding : std::uint8_t { identity, gzip, zstd };

// As in Content-Encoding; "" for identity, which is not told.
std::string_view to_string(Coding coding);

// Not thread-safe. Throws std::bad_alloc, or std::runtime_error should the library fail.
class Packer {
 public:
  Packer() = default;
  virtual ~Packer() = default;
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;

  virtual void add(std::string_view plain) = 0;

  // All that was added, packed. REQUIRES: nothing is added afterwards.
  virtual std::string finish() = 0;
};

std::unique_ptr<Packer> make_gzip();  // RFC 1952: every scraper of note accepts it
std::unique_ptr<Packer> make_zstd();  // RFC 8878: half of gzip's work
std::unique_ptr<Packer> make_packer(Coding coding);

std::string packed(Coding coding, std::string_view plain);

}  // namespace mesh
