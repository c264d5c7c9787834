// `mesh_exporter certificates`: the table of the certificates, from wherever they are asked.
#pragma once

#include <iosfwd>
#include <optional>

#include "cli/certificates_flags.h"
#include "config/config.h"

namespace mesh {

// Prints to `out`; what could not be read to `err`, a line each. `config` is that of
// --config.file, if it was given. False if anything could not be read; the rest is printed.
bool show_certificates(const CertificatesFlags& flags, const std::optional<Config>& config,
                       std::ostream& out, std::ostream& err);

}  // namespace mesh
