// Kubeconfigs, and what Kubernetes tells every pod: who is asked, and as whom.
#include "config/kubeconfig.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "config/parse.h"

namespace mesh::kubeconfig_test {
namespace {

using testing::HasSubstr;

Config parsed(std::string_view yaml, Variables variables) {
  auto config = parse_config(yaml, "f.yaml", test_context(std::move(variables)));
  EXPECT_TRUE(config) << (config ? "" : config.error().front().message);
  return config ? *config : Config{};
}

// `cluster` and `user` are YAML flow mappings.
std::string kubeconfig(const std::string& cluster, const std::string& user) {
  return joined(
      {"apiVersion: v1\nkind: Config\ncurrent-context: here\n"
       "contexts: [{name: there, context: {cluster: x, user: y}},\n"
       "           {name: here, context: {cluster: c, user: u}}]\n"
       "clusters: [{name: c, cluster: ",
       cluster, "}]\nusers: [{name: u, user: ", user, "}]\n"});
}

ServerAccess access(const std::string& cluster, const std::string& user) {
  const auto read = read_kubeconfig(kubeconfig(cluster, user), "/home/me/.kube");
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? *read : ServerAccess{};
}

std::string error(const std::string& cluster, const std::string& user) {
  const auto read = read_kubeconfig(kubeconfig(cluster, user), "/");
  return read ? "" : read.error().message;
}

constexpr const char* a_server = "{server: 'https://10.0.0.1:6443'}";

TEST(Kubeconfig, names_the_server_of_the_current_context_and_files_beside_it) {
  const ServerAccess read =
      access("{server: 'https://api.test:6443', certificate-authority: ca.crt, tls-server-name: k}",
             "{tokenFile: /run/token, client-certificate: pki/a.crt, client-key: pki/a.key}");
  EXPECT_EQ(read.address, (Address{"api.test", 6443, ""}));
  EXPECT_TRUE(read.tls);
  EXPECT_EQ(read.server_name, "k");
  EXPECT_EQ(read.ca_file, "/home/me/.kube/ca.crt");
  EXPECT_EQ(read.token_file, "/run/token");
  EXPECT_EQ(read.certificate_file, "/home/me/.kube/pki/a.crt");
  EXPECT_EQ(read.key_file, "/home/me/.kube/pki/a.key");
}

TEST(Kubeconfig, may_hold_all_of_it_itself) {
  const ServerAccess read =
      access("{server: 'https://[fd00::1]', certificate-authority-data: Y2E=}",
             "{token: secret, client-certificate-data: Y2VydA==, client-key-data: a2V5}");
  EXPECT_EQ(read.address, (Address{"fd00::1", 443, ""}));
  EXPECT_EQ(read.ca_pem, "ca");
  EXPECT_EQ(read.token, "secret");
  EXPECT_EQ(read.certificate_pem, "cert");
  EXPECT_EQ(read.key_pem, "key");
  EXPECT_EQ(read.ca_file, "");
}

TEST(Kubeconfig, may_be_for_kubectl_proxy) {
  const ServerAccess read = access("{server: 'http://localhost:8001/'}", "{}");
  EXPECT_FALSE(read.tls);
  EXPECT_EQ(read.address, (Address{"localhost", 8001, ""}));
}

TEST(Kubeconfig, runs_no_program_and_leaves_no_server_unverified) {
  EXPECT_THAT(error(a_server, "{exec: {command: aws}}"), HasSubstr("exec: no program is run"));
  EXPECT_THAT(error(a_server, "{auth-provider: {name: gcp}}"), HasSubstr("auth-provider:"));
  EXPECT_THAT(error(a_server, "{username: a, password: b}"), HasSubstr("username:"));
  EXPECT_THAT(error("{server: 'https://a', insecure-skip-tls-verify: true}", "{}"),
              HasSubstr("always verified"));
  EXPECT_THAT(error("{server: 'https://a', proxy-url: 'http://p'}", "{}"), HasSubstr("proxy-url"));
}

TEST(Kubeconfig, says_what_is_wrong_with_it) {
  EXPECT_THAT(error("{server: '10.0.0.1'}", "{}"), HasSubstr("does not begin with https://"));
  EXPECT_THAT(error("{server: 'https://a/path'}", "{}"), HasSubstr("more than a host and a port"));
  EXPECT_THAT(error("{server: 'https://a:99999'}", "{}"), HasSubstr("\"https://a:99999\""));
  EXPECT_THAT(error("{server: 'https://a', certificate-authority-data: '%'}", "{}"),
              HasSubstr("certificate-authority-data: is no base64"));
  EXPECT_EQ(read_kubeconfig("{}", "/").error().message, "current-context: is missing");
  EXPECT_EQ(read_kubeconfig("{current-context: a}", "/").error().message,
            "contexts: none is called \"a\"");
  EXPECT_THAT(read_kubeconfig("[", "/").error().message, HasSubstr("kubeconfig:1:"));
  EXPECT_FALSE(read_kubeconfig("\xff", "/"));
  EXPECT_FALSE(read_kubeconfig("", "/"));
}

TEST(InClusterAccess, is_what_every_pod_is_given) {
  const auto read = in_cluster_access(
      environment({{"KUBERNETES_SERVICE_HOST", "fd00::1"}, {"KUBERNETES_SERVICE_PORT", "443"}}));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->address, (Address{"fd00::1", 443, ""}));
  EXPECT_EQ(read->token_file, "/var/run/secrets/kubernetes.io/serviceaccount/token");
  EXPECT_EQ(read->ca_file, "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt");
  EXPECT_THAT(in_cluster_access(environment({})).error().message, HasSubstr("this is no pod"));
}

TEST(KubernetesSection, says_which_pods) {
  const Config config = parsed(
      "discovery:\n  kubernetes: {node_name: '${NODE}', kubeconfig: /k, namespaces: [shop], "
      "selector: 'app=a'}\n",
      {{"NODE", "n1"}});
  EXPECT_EQ(config.discovery.kubernetes.node_name, "n1");
  EXPECT_EQ(config.discovery.kubernetes.kubeconfig, "/k");
  EXPECT_THAT(config.discovery.kubernetes.namespaces, testing::ElementsAre("shop"));
  EXPECT_EQ(config.discovery.kubernetes.selector, "app=a");
  EXPECT_FALSE(config.discovery.kubernetes.endpoint_slices) << "opt-in";
}

TEST(KubernetesSection, asks_the_kubelet_where_it_is_told_to) {
  const auto kubelet = [](const std::string& section) {
    const std::string whole = "discovery:\n  kubernetes:\n    node_name: a\n" + section;
    return parsed(whole, {}).discovery.kubernetes.kubelet;
  };
  EXPECT_FALSE(kubelet("").enabled) << "opt-in";
  KubeletConfig by_default;
  by_default.enabled = true;
  EXPECT_EQ(kubelet("    kubelet: {}\n"), by_default);
  EXPECT_EQ(kubelet("    kubelet:\n"), by_default) << "all of its keys are commented out";
  EXPECT_EQ(kubelet("    kubelet: {address: 'node:10250', ca_file: /ca}\n"),
            (KubeletConfig{true, Address{"node", 10250, ""}, "/ca", false}));
  EXPECT_TRUE(kubelet("    kubelet: {insecure_skip_verify: true}\n").insecure_skip_verify);
}

TEST(KubernetesSection, says_what_is_wrong_with_the_kubelet) {
  const auto errors = [](const std::string& kubelet) {
    return errors_of("discovery: {kubernetes: {node_name: a, kubelet: " + kubelet + "}}\n");
  };
  EXPECT_THAT(errors("{address: node}"),
              HasSubstr("discovery.kubernetes.kubelet.address: \"node\""));
  EXPECT_THAT(errors("{address: ':10250'}"), HasSubstr("has no host; expected HOST:PORT"));
  EXPECT_THAT(errors("{ca_file: ca.crt}"),
              HasSubstr("discovery.kubernetes.kubelet.ca_file: \"ca.crt\" is not absolute"));
  EXPECT_THAT(errors("{insecure_skip_verify: maybe}"), HasSubstr("insecure_skip_verify"));
  EXPECT_THAT(errors("{ca_file: /ca, insecure_skip_verify: true}"),
              HasSubstr("expected one of them"));
  EXPECT_THAT(errors("{adress: 'a:1'}"), HasSubstr("adress"));
}

TEST(KubernetesSection, needs_a_node) {
  EXPECT_THAT(errors_of("discovery: {kubernetes: {}}\n"), HasSubstr("\"node_name\" is missing"));
  EXPECT_THAT(errors_of("discovery: {kubernetes: {node_name: ''}}\n"), HasSubstr("is empty"));
  EXPECT_THAT(errors_of("discovery: {kubernetes: {node_name: a, kubeconfig: k}}\n"),
              HasSubstr("is not absolute"));
  EXPECT_THAT(errors_of("discovery: {kubernetes: {node_name: a, selector: '=='}}\n"),
              HasSubstr("selector"));
}

}  // namespace
}  // namespace mesh::kubeconfig_test
