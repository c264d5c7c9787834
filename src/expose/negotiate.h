// Content negotiation: which form of the page a scraper gets, from its Accept and Accept-Encoding
// headers (RFC 9110, sections 12.5.1 and 12.5.3). Nobody is refused: who asks for something else
// gets the Prometheus text format, which everybody can read.
#pragma once

#include <string_view>

namespace mesh {

enum class Format { prometheus_text, openmetrics };

// As Prometheus expects it, version included.
std::string_view content_type(Format format);

// The one with the higher quality; the Prometheus text format when in doubt.
Format choose_format(std::string_view accept);

// Whether gzip is accepted and liked no less than the plain page.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace mesh
