// Flag by flag, as cli/probe_flags.cc names them; see probe_command.h.
#include "compute/findings/probe_command.h"

#include <string_view>

namespace mesh {
namespace {

// As one word of a shell, whatever is in it.
std::string as_word(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (text.find_first_not_of(plain) == text.npos) return std::string(text);
  std::string word = "'";
  for (const char one : text) word += one == '\'' ? std::string("'\\''") : std::string(1, one);
  return word + "'";
}

void add_flag(std::string& command, std::string_view flag, const std::string& value) {
  if (value.empty()) return;
  command.append(" ").append(as_word(std::string("--").append(flag).append("=").append(value)));
}

}  // namespace

std::string probe_command(const GrpcServer& server, const std::string& service) {
  std::string command = "mesh_exporter probe " + as_word(to_string(server.address));
  if (server.tls) {
    const GrpcTls& tls = *server.tls;
    if (tls == GrpcTls{}) command += " --tls";
    add_flag(command, "tls.ca-file", tls.ca_file);
    add_flag(command, "tls.server-name", tls.server_name);
    add_flag(command, "tls.spiffe-id", tls.spiffe_id);
    add_flag(command, "tls.cert-file", tls.client_certificate_file);
    add_flag(command, "tls.key-file", tls.client_key_file);
  }
  add_flag(command, "authority", server.authority);
  add_flag(command, "service", service);
  return command;
}

}  // namespace mesh
