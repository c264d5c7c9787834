// Base64 as PEM and Kubernetes write it (RFC 4648, with padding). It is decoded as it arrives: what
// wraps a certificate may be megabytes, and what has been decoded may be a secret that is not to be
// kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mesh {

class Base64Decoder {
 public:
  // Decodes the text behind what it was given before and appends the bytes to `out`. False at the
  // first character that does not belong there, blanks included, and ever after.
  bool feed(std::string_view text, std::string& out);

  // Whether the text is whole: no group of four is cut.
  bool complete() const { return !broken_ && held_ == 0; }

 private:
  bool put(char c, std::string& out);

  std::uint32_t group_ = 0;
  int held_ = 0;     // characters of the group so far
  int padding_ = 0;  // of them '='
  bool ended_ = false;
  bool broken_ = false;
};

std::string to_base64(std::string_view bytes);

}  // namespace mesh
