// Opt-in, because it takes a permission that few agents should have; see read_secrets.h.
#include "config/read_secrets.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/read_issuer.h"
#include "config/read_scope.h"

namespace mesh {
namespace {

constexpr std::array<std::string_view, 6> secrets_keys{"enabled",  "kubeconfig", "namespaces",
                                                       "selector", "issuer",     "rotation_point"};

}  // namespace

void read_secrets(const Field& field, const Reading& reading) {
  const Fields fields = reading.fields(field, secrets_keys);
  SecretsConfig& secrets = reading.config.certificates.secrets;
  secrets.enabled = fields.truth("enabled").value_or(secrets.enabled);
  secrets.kubeconfig = read_kubeconfig_path(fields);
  secrets.namespaces = read_namespaces(fields, reading);
  secrets.selector = read_selector(fields);
  secrets.issuer = read_issuer(fields, reading);
  secrets.rotation_point = fields.share("rotation_point");
}

}  // namespace mesh
