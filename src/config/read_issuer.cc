// One of the known; see read_issuer.h.
#include "config/read_issuer.h"

#include "base/nearest_word.h"

namespace mesh {

std::string read_issuer(const Fields& fields, const Reading& reading) {
  const auto issuer = fields.text("issuer", one_of(reading.context.issuers));
  if (!issuer) return "";
  return fields.is_one_of(*fields.find("issuer"), *issuer, reading.context.issuers) ? *issuer : "";
}

}  // namespace mesh
