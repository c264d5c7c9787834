// `mesh_exporter certificates`: the table of the certificates, from wherever they are asked.
#pragma once

#include <iosfwd>
#include <optional>

#include "cli/certificates_flags.h"
#include "config/config.h"

namespace mesh {

// incomplete: something could not be read or written, the rest is printed; could_not_look: the
// agent could not be asked.
enum class CertificatesOutcome { shown, incomplete, could_not_look };

// Prints to `out`; what could not be read to `err`, a line each. `config` is that of
// --config.file, if it was given.
CertificatesOutcome show_certificates(const CertificatesFlags& flags,
                                      const std::optional<Config>& config, std::ostream& out,
                                      std::ostream& err);

}  // namespace mesh
