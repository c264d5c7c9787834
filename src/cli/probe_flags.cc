// The table of flags and what each value means; see probe_flags.h.
#include "cli/probe_flags.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/duration.h"
#include "base/limits.h"
#include "base/quoted.h"
#include "cli/shared_flags.h"
#include "config/url.h"
#include "model/certificate.h"

namespace mesh {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::array<Flag, 11> known_flags{{
    {"service", "=NAME",
     "The service to ask for; repeatable, two are asked at a time. Left out, or empty: the whole "
     "server.",
     EmptyValue::said},
    {"tls", "", "Speak TLS, which each of the flags below means as well."},
    {"tls.ca-file", "=PATH", "PEM of who signs the server's certificate; left out: the system's."},
    {"tls.server-name", "=NAME",
     "The name in the server's certificate; left out: the host (of unix: localhost)."},
    {"tls.spiffe-id", "=URI", "The identity in the server's certificate, instead of its name."},
    {"tls.cert-file", "=PATH", "PEM of the certificate to show, its chain behind it."},
    {"tls.key-file", "=PATH", "PEM of its key."},
    {"authority", "=NAME", "The :authority of the calls; left out: the server's name."},
    {"timeout", "=5s", "How long to wait for each answer, and for all methods four times so long."},
    output_flag,
    help_flag,
}};
constexpr std::array<std::string_view, 1> repeatable{"service"};
constexpr milliseconds shortest{1ms}, longest{10min};

std::optional<GrpcTls> tls_of(const FlagValues& values) {
  GrpcTls tls;
  take_flag(values, "tls.ca-file", tls.ca_file);
  take_flag(values, "tls.server-name", tls.server_name);
  take_flag(values, "tls.spiffe-id", tls.spiffe_id);
  take_flag(values, "tls.cert-file", tls.client_certificate_file);
  take_flag(values, "tls.key-file", tls.client_key_file);
  if (!values.contains("tls") && tls == GrpcTls{}) return std::nullopt;
  return tls;
}

std::optional<Error> wrong_with_name(std::string_view flag, const std::string& name) {
  const bool plain = std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7F; });
  if (plain && name.size() <= limits::server_name_bytes) return std::nullopt;
  const std::string why =
      plain ? " is longer than " + std::to_string(limits::server_name_bytes).append(" bytes")
            : " is no host name";
  return Error{std::string(flag).append(": ").append(in_quotes(name)).append(why)};
}

std::optional<Error> wrong_with(const GrpcServer& server) {
  if (auto complaint = wrong_with_name("--authority", server.authority)) return complaint;
  if (!server.tls) return std::nullopt;
  const GrpcTls& tls = *server.tls;
  if (auto complaint = wrong_with_name("--tls.server-name", tls.server_name)) return complaint;
  if (!tls.spiffe_id.empty() && trust_domain_of(tls.spiffe_id).empty()) {
    return Error{"--tls.spiffe-id: " + in_quotes(tls.spiffe_id) +
                 " is no SPIFFE ID such as spiffe://cluster.local/ns/shop/sa/users"};
  }
  if (tls.client_certificate_file.empty() == tls.client_key_file.empty()) return std::nullopt;
  return Error{tls.client_key_file.empty() ? "--tls.cert-file: without --tls.key-file"
                                           : "--tls.key-file: without --tls.cert-file"};
}

Result<milliseconds> timeout_of(const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration) return Error{"--timeout: " + in_quotes(text) + " is " + duration.error().message};
  if (*duration >= shortest && *duration <= longest) return *duration;
  return Error{"--timeout: " + in_quotes(text) + " is out of range; expected from 1ms to 10m"};
}

Result<Address> parse_server(const std::string& text) {
  constexpr std::string_view name = "HOST:PORT";
  if (is_unix_url(text)) {
    auto socket = parse_unix_url(text);
    if (socket) return socket;
    return Error{in_quotes(text) + " " + socket.error().message + "; expected unix:/PATH"};
  }
  auto address = parse_dialled(name, text);
  if (address) return address;
  const std::string of_a_flag = std::string("--").append(name).append(": ");
  return Error{address.error().message.substr(of_a_flag.size()) + " or unix:/PATH"};
}

}  // namespace

Result<ProbeFlags> parse_probe_flags(std::span<const char* const> arguments) {
  auto words = split_flags({arguments.begin(), arguments.end()}, known_flags, repeatable);
  if (!words) return words.error();
  const FlagValues& values = words->values;
  ProbeFlags flags;
  flags.help = values.contains("help");
  if (flags.help) return flags;
  if (words->arguments.empty()) {
    return Error{"no server is named; expected HOST:PORT or unix:/PATH"};
  }
  if (words->arguments.size() > 1) return unexpected_argument(words->arguments[1]);
  auto address = parse_server(words->arguments[0]);
  if (!address) return address.error();
  flags.server.address = std::move(*address);
  flags.server.tls = tls_of(values);
  take_flag(values, "authority", flags.server.authority);
  if (auto complaint = wrong_with(flags.server)) return *complaint;
  if (const auto services = values.find("service"); services != values.end()) {
    flags.services = services->second;
  }
  if (const auto timeout = values.find("timeout"); timeout != values.end()) {
    const auto duration = timeout_of(timeout->second.front());
    if (!duration) return duration.error();
    flags.timeout = *duration;
  }
  const auto json = wants_json(values);
  if (!json) return json.error();
  flags.json = *json;
  return flags;
}

std::string probe_help_text() {
  return "usage: mesh_exporter probe HOST:PORT|unix:/PATH [flags]\n\n"
         "Asks a gRPC server for its health (grpc.health.v1), shows its certificate, and lists "
         "the\n"
         "methods that it declares by reflection, where it has that.\n"
         "Exit code 0: it is serving, or answers and has no health service; 1: it answers "
         "anything\n"
         "else; 2: no answer, or a file of --tls.* cannot be used.\n\n"
         "Flags:\n" +
         describe(known_flags);
}

}  // namespace mesh
