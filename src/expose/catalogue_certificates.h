// The catalogue's section about certificates, in a file of its own: it is the longest.
#pragma once

#include <vector>

#include "expose/catalogue.h"

namespace mesh {

const std::vector<Metric>& certificate_metrics();
const std::vector<Metric>& tls_probe_metrics();  // and what is found
const std::vector<Metric>& trust_metrics();
const std::vector<Metric>& certificate_exporter_metrics();

}  // namespace mesh
