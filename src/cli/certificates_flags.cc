// The table of flags and what each value means; see certificates_flags.h.
#include "cli/certificates_flags.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "base/quoted.h"
#include "cli/shared_flags.h"

namespace mesh {
namespace {

constexpr std::array<Flag, 14> known_flags{{
    {"file", "=PATH", "Show the certificates in a file; repeatable, more paths may follow."},
    {"connect", "=HOST:PORT", "Show those of a TLS server; repeatable, more may follow."},
    {"sni", "=NAME", "The name to ask a server for; left out: the name in --connect."},
    {"alpn", "=PROTOCOL", "A protocol to offer to a server, such as h2; repeatable."},
    {"password.file", "=PATH", "The file with the password of PKCS#12 files."},
    {"config.file", "=PATH", "Ask what this configuration names, once, and not an agent."},
    agent_flag,
    http_config_flag,
    namespace_flag,
    pod_flag,
    {"sort", "=where", "By where, remaining, identity or status."},
    {"all", "", "With those that were replaced and are still listed."},
    output_flag,
    help_flag,
}};
constexpr std::array<std::string_view, 3> repeatable{"file", "connect", "alpn"};

// What may not stand side by side, if it does.
std::optional<Error> conflict(const FlagValues& values) {
  const auto given = [&](std::string_view name) { return values.contains(name); };
  const bool places = given("file") || given("connect");
  if (given("config.file") && places) {
    return Error{"--config.file: not together with --file or --connect"};
  }
  if (given("agent") && (places || given("config.file"))) {
    return Error{"--agent: not together with --file, --connect or --config.file"};
  }
  if (given("http.config.file") && (places || given("config.file"))) {
    return Error{"--http.config.file: not together with --file, --connect or --config.file"};
  }
  for (const std::string_view name : {namespace_flag.name, pod_flag.name}) {
    if (given(name) && places) {
      return Error{"--" + std::string(name) + ": not together with --file or --connect"};
    }
  }
  for (const std::string_view name : {"sni", "alpn"}) {
    if (given(name) && !given("connect")) {
      return Error{"--" + std::string(name) + ": without --connect"};
    }
  }
  if (given("password.file") && !given("file")) return Error{"--password.file: without --file"};
  return std::nullopt;
}

// What no handshake can carry is better told before there is one.
std::optional<Error> wrong_with_names(const CertificatesFlags& flags) {
  if (flags.sni.size() > limits::server_name_bytes) {
    return Error{"--sni: " + in_quotes(flags.sni) + " is longer than " +
                 std::to_string(limits::server_name_bytes) + " bytes"};
  }
  for (const std::string& protocol : flags.alpn) {
    if (protocol.size() <= limits::alpn_bytes) continue;
    return Error{"--alpn: " + in_quotes(protocol) + " is longer than " +
                 std::to_string(limits::alpn_bytes) + " bytes"};
  }
  return std::nullopt;
}

}  // namespace

Result<CertificatesFlags> parse_certificates_flags(std::span<const char* const> arguments) {
  auto words = split_flags({arguments.begin(), arguments.end()}, known_flags, repeatable);
  if (!words) return words.error();
  FlagValues& values = words->values;
  // `--file *.pem`: the shell makes one value and many arguments of it.
  const bool files = values.contains("file"), servers = values.contains("connect");
  if (!words->arguments.empty()) {
    if (files == servers) return unexpected_argument(words->arguments.front());
    std::vector<std::string>& list = values[files ? "file" : "connect"];
    list.insert(list.end(), words->arguments.begin(), words->arguments.end());
  }
  if (auto complaint = conflict(values)) return *complaint;

  CertificatesFlags flags;
  flags.help = values.contains("help");
  flags.all = values.contains("all");
  flags.filter = filter_of(values);
  take_flag(values, "sni", flags.sni);
  take_flag(values, "password.file", flags.password_file);
  take_flag(values, "config.file", flags.config_file);
  if (files) flags.files = values["file"];
  if (values.contains("alpn")) flags.alpn = values["alpn"];
  if (auto complaint = wrong_with_names(flags)) return *complaint;
  for (const std::string& text : servers ? values["connect"] : std::vector<std::string>{}) {
    auto address = parse_dialled("connect", text);
    if (!address) return address.error();
    flags.connect.push_back(std::move(*address));
  }
  auto agent = agent_of(values);
  if (!agent) return agent.error();
  flags.agent = std::move(*agent);
  std::string sort = "where";
  take_flag(values, "sort", sort);
  const auto order = parse_row_order(sort);
  if (!order) {
    return Error{"--sort: unknown order " + in_quotes(sort) + "; expected " +
                 std::string(row_orders)};
  }
  flags.sort = *order;
  const auto json = wants_json(values);
  if (!json) return json.error();
  flags.json = *json;
  return flags;
}

std::string certificates_help_text() {
  return "usage: mesh_exporter certificates [flags]\n\n"
         "Shows every certificate that the running agent knows, what is left of its life and when\n"
         "it was last renewed. With --file or --connect the quick look at one, without any agent\n"
         "or configuration; a server sees a connection that goes away, and no failed handshake.\n"
         "Exit code 0: shown; 1: something could not be read; 2: the agent could not be asked.\n\n"
         "Flags:\n" +
         describe(known_flags);
}

}  // namespace mesh
