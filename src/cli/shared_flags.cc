// What the shared flags mean, and the words about wrong ones; see shared_flags.h.
#include "cli/shared_flags.h"

#include <utility>

#include "base/host_port.h"
#include "base/quoted.h"

namespace mesh {

void take_flag(const FlagValues& values, std::string_view name, std::string& into) {
  if (const auto found = values.find(name); found != values.end()) into = found->second.front();
}

ReportFilter filter_of(const FlagValues& values) {
  ReportFilter filter;
  take_flag(values, namespace_flag.name, filter.ns);
  take_flag(values, pod_flag.name, filter.pod);
  take_flag(values, upstream_flag.name, filter.upstream);
  return filter;
}

Result<bool> wants_json(const FlagValues& values) {
  std::string form = "text";
  take_flag(values, output_flag.name, form);
  if (form == "json") return true;
  if (form == "text" || form == "table") return false;
  return Error{"--output: unknown form " + in_quotes(form) + "; expected text or json"};
}

Result<Address> parse_dialled(std::string_view flag, const std::string& text) {
  if (text.find("://") != text.npos) {
    return Error{"--" + std::string(flag) + ": " + in_quotes(text) +
                 " is a URL; expected HOST:PORT alone"};
  }
  auto parsed = parse_host_port(text, 1);
  const bool whole = parsed && !parsed->host.empty();
  if (whole) return Address{std::move(parsed->host), parsed->port, ""};
  return Error{"--" + std::string(flag) + ": " + in_quotes(text) + " " +
               (parsed ? "has no host" : parsed.error().message) + "; expected HOST:PORT"};
}

Result<AgentFlags> agent_of(const FlagValues& values) {
  AgentFlags agent;
  take_flag(values, http_config_flag.name, agent.http_config_file);
  std::string text;
  take_flag(values, agent_flag.name, text);
  if (text.empty()) return agent;
  constexpr std::string_view unix_scheme = "unix:", https = "https://", http = "http://";
  if (text.starts_with(unix_scheme)) {
    std::string path = text.substr(unix_scheme.size());
    if (!path.starts_with('/')) {
      return Error{"--agent: " + in_quotes(text) + " has no path; expected unix:/PATH"};
    }
    agent.address = Address{"", 0, std::move(path)};
    return agent;
  }
  std::string host_port = text;
  if (text.starts_with(https) || text.starts_with(http)) {
    agent.tls = text.starts_with(https);
    host_port.erase(0, (*agent.tls ? https : http).size());
    if (host_port.ends_with('/')) host_port.pop_back();
  }
  auto address = parse_dialled(agent_flag.name, host_port);
  if (!address) return address.error();
  agent.address = std::move(*address);
  return agent;
}

}  // namespace mesh
