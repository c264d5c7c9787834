// What is trusted and whether it agrees with what is served; and of what is known, how much is not
// shown. See catalogue.h for what a line of it promises.
#include "expose/catalogue_certificates.h"

namespace mesh {

const std::vector<Metric>& trust_metrics() {
  using enum MetricKind;
  static const std::vector<Metric> metrics{
      {"mesh_certificate_served_differs",
       gauge,
       Section::certificate,
       {"source", "role", "certificate"},
       "1 if the certificate that the target's inbound port shows is none of those that the source "
       "(admin or proxy) reports as in use under this identity, else 0. Absent until both sides "
       "were looked at one interval after the last change on either."},
      {"mesh_certificate_root_in_bundle",
       gauge,
       Section::certificate,
       {"source", "location", "role", "certificate", "key_algorithm", "bundle"},
       "1 if the configured trust bundle has the root that the proxy trusts or the server shows, "
       "else 0. Absent without a bundle about such names, and in the first interval after a "
       "change."},
  };
  return metrics;
}

const std::vector<Metric>& certificate_exporter_metrics() {
  using enum MetricKind;
  static const std::vector<Metric> metrics{
      {"mesh_exporter_certificate_files",
       gauge,
       Section::exporter,
       {"state"},
       "Files that the patterns of certificates.files match, by state: readable, kept (cannot be "
       "read any longer, what was read last is shown) or unreadable (in whole or in part; the log "
       "says why)."},
      {"mesh_exporter_certificates_left_out",
       gauge,
       Section::exporter,
       {"source"},
       "Certificates that are known and not shown, because there are more than the bounds allow; "
       "they expire later than those that are shown of the same place, or of all files or "
       "Secrets."},
      {"mesh_exporter_trust_bundle_readable",
       gauge,
       Section::exporter,
       {"bundle"},
       "1 if the file of the trust bundle could be read the last time, else 0: then what was read "
       "before is used, if anything was."},
  };
  return metrics;
}

}  // namespace mesh
