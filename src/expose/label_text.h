// Label values as Prometheus demands them. Names come from proxies and so from anybody who can call
// a method through one; one bad byte would make a scraper refuse the whole page, and with it every
// good target.
#pragma once

#include <string>
#include <string_view>

namespace mesh {

// Valid UTF-8 without NUL (which ends the text for Prometheus' own parser): every byte that is
// neither becomes U+FFFD.
std::string valid_label_value(std::string_view text);

}  // namespace mesh
