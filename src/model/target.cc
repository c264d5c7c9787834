// How targets and addresses are spelled for people.
#include "model/target.h"

namespace mesh {

std::string to_string(const Address& address) {
  if (address.is_unix()) return "unix:" + address.unix_path;
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

std::string qualified(const std::string& ns, const std::string& name) {
  return ns.empty() ? name : ns + "/" + name;
}

std::string target_id(const Target& target) { return qualified(target.ns, target.pod); }

}  // namespace mesh
