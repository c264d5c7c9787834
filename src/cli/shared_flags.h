// The flags that several commands take, written once: who is asked, what is shown, in which form.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/flag_words.h"
#include "model/report_filter.h"
#include "model/target.h"

namespace mesh {

inline constexpr Flag namespace_flag{"namespace", "=NAME", "Only what is in this namespace."};
inline constexpr Flag pod_flag{"pod", "=NAME",
                               "Only this pod (outside Kubernetes: the target's name)."};
inline constexpr Flag upstream_flag{"upstream", "=NAME",
                                    "Only this upstream; its first parts are enough: users.shop."};
inline constexpr Flag output_flag{"output", "=text", "text (or table, the same) or json."};
inline constexpr Flag help_flag{"help", "", "Print this text and exit (also -h)."};

// The flag's first value into `into`, if it was given.
void take_flag(const FlagValues& values, std::string_view name, std::string& into);

// The values of namespace_flag, pod_flag and upstream_flag.
ReportFilter filter_of(const FlagValues& values);

// Whether output_flag says json.
Result<bool> wants_json(const FlagValues& values);

// HOST:PORT, both of them, as the value of this flag.
Result<Address> parse_dialled(std::string_view flag, const std::string& text);

// How the running agent is asked, for the commands.
struct AgentFlags {
  Address address{"127.0.0.1", 10420, ""};
  std::optional<bool> tls;  // as a URL says; nothing: by TLS if the file below has a tls_config
  std::string http_config_file;  // password and TLS, config/load_http_access.h; "": neither

  bool operator==(const AgentFlags&) const = default;
};

inline constexpr Flag agent_flag{"agent", "=127.0.0.1:10420",
                                 "The agent to ask: HOST:PORT, https://HOST:PORT or unix:/PATH."};
inline constexpr Flag http_config_flag{"http.config.file", "=PATH",
                                       "Password and TLS for the agent, as promtool takes them.",
                                       EmptyValue::left_out};

// The values of these two.
Result<AgentFlags> agent_of(const FlagValues& values);

}  // namespace mesh
