// A server that is asked over HTTP with a proof of who asks, such as the API server of Kubernetes:
// where it is, by which roots it is known, and what is shown to it.
#pragma once

#include <string>

#include "model/target.h"

namespace mesh {

struct ServerAccess {
  Address address;
  bool tls = true;          // false: plain HTTP, as `kubectl proxy` speaks it
  std::string server_name;  // that its certificate must be for; "": the address' host
  bool verified = true;     // false: whatever certificate it shows is accepted

  // PEM. Of each a file, which is read anew for every question, or else the text itself; neither:
  // the roots of the system, no certificate, no token.
  std::string ca_file, ca_pem;
  std::string certificate_file, certificate_pem;
  std::string key_file, key_pem;
  std::string token_file, token;

  // Shown in place of a token. "": nobody.
  std::string user, password;

  bool operator==(const ServerAccess&) const = default;
};

}  // namespace mesh
