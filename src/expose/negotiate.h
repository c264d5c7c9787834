// Content negotiation: which form of the page a scraper gets, from its Accept and Accept-Encoding
// headers (RFC 9110, sections 12.5.1 and 12.5.3). Nobody is refused: who asks for something else
// gets the Prometheus text format, which everybody can read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "expose/pack.h"

namespace mesh {

enum class Format : std::uint8_t { prometheus_text, openmetrics, protobuf };

// The one with the highest quality; the first of them in the order above when in doubt.
Format choose_format(std::string_view accept);

// As Prometheus expects it, with the version and the escaping that were asked for. Versions 0.0.4
// and 1.0.0 of the text, and all ways of escaping names, are the same for names that need none, and
// ours are of that kind.
std::string content_type(Format format, std::string_view accept);

// The coding that is liked best and no less than the plain page; zstd before gzip where both are
// liked alike, as it costs less.
Coding choose_coding(std::string_view accept_encoding);

// Whether a page is wanted as HTML rather than as text: where HTML is named and liked no less. Of
// browsers only: `*/*`, which others send, names nothing.
bool prefers_html(std::string_view accept);

}  // namespace mesh
