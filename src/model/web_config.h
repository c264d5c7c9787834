// How our own pages are guarded and shown: what a web configuration file says (the form that
// Prometheus' exporters share, see config/load_web.h), as plain values.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mesh {

// What is asked of a client, and of the certificate that it shows.
enum class ClientAuth : std::uint8_t { none, request, require_any, verify_if_given, verify };

struct ServedTls {
  // PEM: of the certificate its chain too, of the CAs all that are trusted ("": those of the
  // system, where clients are verified).
  std::string certificate, key, client_ca;
  // The files that they were read from; "": the text stands in the configuration itself.
  std::string certificate_file{}, key_file{}, client_ca_file{};
  ClientAuth client_auth = ClientAuth::none;
  // One of these must be a name (DNS, IP address, URI or e-mail) of a certificate that a client
  // shows. Empty: any will do.
  std::vector<std::string> client_allowed_sans;
  std::uint16_t min_version = 0x0303, max_version = 0x0304;  // 1.2 and 1.3
  // OpenSSL's names, the most preferred first. Empty: the usual ones.
  std::vector<std::string> cipher_suites;  // of TLS 1.2 and below
  std::vector<std::string> curves;
  bool prefer_server_cipher_suites = true;

  bool operator==(const ServedTls&) const = default;
};

// So many requests at once at most, and one more each interval. An interval of 0: no limit.
struct WebRate {
  std::chrono::nanoseconds interval{0};
  std::size_t burst = 0;

  bool operator==(const WebRate&) const = default;
};

struct WebConfig {
  std::optional<ServedTls> tls;                // none: plain HTTP
  std::map<std::string, std::string> headers;  // of every answer; each of web_headers
  std::map<std::string, std::string> users;  // to the bcrypt hash of their password; empty: all may
  WebRate rate;
  std::vector<std::string> files;  // that were read for this, besides the file itself

  bool operator==(const WebConfig&) const = default;
};

// Which headers may be configured.
inline constexpr std::array<std::string_view, 5> web_headers{
    "Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options",
    "X-Frame-Options", "X-XSS-Protection"};

}  // namespace mesh
