// Names and what they stand for, in three lists; see kubeconfig.h.
#include "config/kubeconfig.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/base64.h"
#include "base/host_port.h"
#include "config/cited.h"
#include "config/problems.h"
#include "config/yaml_tree.h"

namespace mesh {
namespace {

// Null where there is none, or where `node` is no mapping.
const YamlNode* find(const YamlNode* node, std::string_view key) {
  if (!node || node->kind != YamlNode::Kind::map) return nullptr;
  const auto entry = std::ranges::find(node->entries, key, &YamlNode::Entry::key);
  return entry == node->entries.end() ? nullptr : entry->value;
}

std::string text(const YamlNode* node, std::string_view key) {
  const YamlNode* value = find(node, key);
  return value && value->kind == YamlNode::Kind::scalar ? value->text : "";
}

// Of the element of this name in the list `list`, what stands under `kind`: clusters, "a", cluster.
Result<const YamlNode*> named(const YamlNode* root, std::string_view list, std::string_view kind,
                              const std::string& name) {
  const YamlNode* all = find(root, list);
  if (all && all->kind == YamlNode::Kind::list) {
    for (const YamlNode* one : all->items) {
      const YamlNode* found = find(one, kind);
      if (found && text(one, "name") == name) return found;
    }
  }
  return Error{std::string(list) + ": none is called " + cited(name)};
}

// A file, or its content in base64 beside it, which goes first.
std::optional<Error> read_pem(const YamlNode* node, const std::string& key,
                              const std::string& directory, std::string& file, std::string& pem) {
  const std::string data = text(node, key + "-data");
  if (!data.empty()) {
    Base64Decoder decoder;
    if (decoder.feed(data, pem) && decoder.complete()) return std::nullopt;
    return Error{key + "-data: is no base64"};
  }
  file = text(node, key);
  if (!file.empty() && !file.starts_with('/')) file = directory + "/" + file;
  return std::nullopt;
}

std::optional<Error> read_server(const YamlNode* cluster, ServerAccess& access) {
  const std::string url = text(cluster, "server");
  std::string_view rest = url;
  access.tls = rest.starts_with("https://");
  if (!access.tls && !rest.starts_with("http://")) {
    return Error{"server: " + cited(url) + " does not begin with https:// or http://"};
  }
  rest.remove_prefix(rest.find("//") + 2);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#@") != std::string_view::npos) {
    return Error{"server: " + cited(url) + " has more than a host and a port"};
  }
  const bool has_port = rest.rfind(':') != std::string_view::npos && !rest.ends_with(']');
  const std::string whole = std::string(rest) + (has_port ? "" : access.tls ? ":443" : ":80");
  Result<HostPort> parsed = parse_host_port(whole, 1);
  if (!parsed) return Error{"server: " + cited(url) + " " + parsed.error().message};
  access.address = Address{std::move(parsed->host), parsed->port, ""};
  return std::nullopt;
}

std::optional<Error> refuse(const YamlNode* cluster, const YamlNode* user) {
  if (text(cluster, "insecure-skip-tls-verify") == "true") {
    return Error{"insecure-skip-tls-verify: the server's certificate is always verified here"};
  }
  if (find(cluster, "proxy-url")) return Error{"proxy-url: no proxy is used here"};
  for (const char* key : {"exec", "auth-provider"}) {
    if (!find(user, key)) continue;
    return Error{std::string(key) +
                 ": no program is run for credentials; expected token, tokenFile or "
                 "client-certificate"};
  }
  if (find(user, "username")) return Error{"username: API servers have no passwords any more"};
  return std::nullopt;
}

std::optional<Error> read_user(const YamlNode* user, const std::string& directory,
                               ServerAccess& access) {
  access.token = text(user, "token");
  access.token_file = text(user, "tokenFile");
  if (!access.token_file.empty() && !access.token_file.starts_with('/')) {
    access.token_file = directory + "/" + access.token_file;
  }
  if (auto error = read_pem(user, "client-certificate", directory, access.certificate_file,
                            access.certificate_pem)) {
    return error;
  }
  return read_pem(user, "client-key", directory, access.key_file, access.key_pem);
}

}  // namespace

Result<ServerAccess> read_kubeconfig(std::string_view yaml, const std::string& directory) {
  Problems problems;
  const YamlTree tree = parse_yaml(yaml, problems, Citing::nothing);
  if (!problems.empty()) return Error{problems.to_errors("kubeconfig").front().message};
  const std::string current = text(tree.root, "current-context");
  if (current.empty()) return Error{"current-context: is missing"};
  const auto context = named(tree.root, "contexts", "context", current);
  if (!context) return context.error();
  const auto cluster = named(tree.root, "clusters", "cluster", text(*context, "cluster"));
  if (!cluster) return cluster.error();
  const std::string who = text(*context, "user");
  Result<const YamlNode*> user = static_cast<const YamlNode*>(nullptr);
  if (!who.empty()) user = named(tree.root, "users", "user", who);
  if (!user) return user.error();

  ServerAccess access;
  if (auto error = refuse(*cluster, *user)) return *error;
  if (auto error = read_server(*cluster, access)) return *error;
  access.server_name = text(*cluster, "tls-server-name");
  if (auto error =
          read_pem(*cluster, "certificate-authority", directory, access.ca_file, access.ca_pem)) {
    return *error;
  }
  if (auto error = read_user(*user, directory, access)) return *error;
  return access;
}

Result<ServerAccess> in_cluster_access(const Environment& environment) {
  constexpr std::array<std::string_view, 2> names{"KUBERNETES_SERVICE_HOST",
                                                  "KUBERNETES_SERVICE_PORT"};
  const auto host = environment(names[0]), port = environment(names[1]);
  if (!host || host->empty() || !port) {
    return Error{std::string(names[0]) + " or " + std::string(names[1]) +
                 " is not set, so this is no pod; expected kubeconfig: /PATH"};
  }
  const bool v6 = host->find(':') != std::string::npos;
  const std::string whole = (v6 ? "[" + *host + "]" : *host) + ":" + *port;
  Result<HostPort> parsed = parse_host_port(whole, 1);
  if (!parsed) return Error{cited(whole) + " " + parsed.error().message};
  const std::string account = "/var/run/secrets/kubernetes.io/serviceaccount/";
  ServerAccess access;
  access.address = Address{std::move(parsed->host), parsed->port, ""};
  access.ca_file = account + "ca.crt";
  access.token_file = account + "token";
  return access;
}

}  // namespace mesh
