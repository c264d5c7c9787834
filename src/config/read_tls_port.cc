// Addresses, names and protocols; see read_tls_port.h.
#include "config/read_tls_port.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/host_port.h"
#include "base/limits.h"
#include "base/nearest_word.h"
#include "config/yaml_tree.h"

namespace mesh {
namespace {

constexpr std::array<std::string_view, 3> port_keys{"address", "sni", "alpn"};
constexpr std::string_view host_port = "HOST:PORT";

// What the inbound ports of a mesh must be asked with, lest the question go through to the
// application, or to nobody.
struct InboundHabit {
  std::string_view mesh;
  std::vector<std::string> alpn;
  bool by_identity;  // only who asks for the proxy's own name speaks with the proxy
};

// Istio, where plain calls are permitted too: the sidecar ends TLS for the protocols of its mesh
// only (pilot/pkg/networking/core/listener.go, mtlsHTTPALPNs); h2 is for port 15008 (HBONE).
// Linkerd: any other name than the identity is passed through (linkerd/tls/src/server.rs).
const std::array<InboundHabit, 2>& inbound_habits() {
  static const std::array<InboundHabit, 2> habits{{
      {"istio",
       {"istio", "istio-peer-exchange", "istio-h2", "istio-http/1.1", "istio-http/1.0", "h2"},
       false},
      {"linkerd", {}, true},
  }};
  return habits;
}

void read_alpn(const Fields& fields, const Reading& reading, std::vector<std::string>& alpn) {
  if (!fields.has("alpn")) return;
  const auto elements = fields.list("alpn", "a list of protocols such as h2");
  if (!elements) return;
  for (const Field& element : *elements) {
    if (reading.problems.full()) return;
    auto protocol = fields.text(element, "a protocol such as h2");
    if (!protocol) continue;
    if (protocol->empty() || protocol->size() > limits::alpn_bytes) {
      fields.complain(element, *protocol, "is no protocol", "1 to 255 bytes");
    } else {
      alpn.push_back(std::move(*protocol));
    }
  }
}

}  // namespace

std::string read_server_name(const Fields& fields, std::string_view key) {
  const auto name = fields.text(key, "a host name");
  if (!name) return "";
  const bool plain = std::ranges::all_of(*name, [](char c) { return c > ' ' && c < 0x7F; });
  if (plain && name->size() <= limits::server_name_bytes) return *name;
  fields.complain(*fields.find(key), *name, plain ? "is too long" : "is no host name",
                  "a host name of at most 255 bytes");
  return "";
}

std::optional<Address> read_address(const Fields& fields, const Field& field) {
  const auto text = fields.text(field, host_port);
  if (!text) return std::nullopt;
  if (text->find("://") != text->npos) {
    fields.complain(field, *text, "is a URL", host_port);
    return std::nullopt;
  }
  const auto parsed = parse_host_port(*text, 1);
  const bool whole = parsed && !parsed->host.empty();
  if (whole) return Address{parsed->host, parsed->port, ""};
  fields.complain(field, *text, parsed ? "has no host" : std::string_view(parsed.error().message),
                  host_port);
  return std::nullopt;
}

TlsPort read_tls_port(const Fields& fields, const Reading& reading) {
  TlsPort port;
  port.sni = read_server_name(fields, "sni");
  read_alpn(fields, reading, port.alpn);
  if (const auto address = fields.find("address")) {
    port.address = read_address(fields, *address).value_or(Address{});
  } else {
    fields.complain(fields.self(), "the key \"address\" is missing; expected HOST:PORT");
  }
  return port;
}

std::optional<TlsPort> read_inbound(const Fields& target, const Reading& reading,
                                    std::string_view mesh) {
  const auto field = target.find("inbound");
  if (!field) return std::nullopt;
  TlsPort port;
  bool says_alpn = false;
  if (field->node->kind == YamlNode::Kind::scalar) {
    port.address = read_address(target, *field).value_or(Address{});
  } else {
    const Fields fields = reading.fields(*field, port_keys);
    if (field->node->kind == YamlNode::Kind::list) return std::nullopt;
    port = read_tls_port(fields, reading);
    says_alpn = fields.has("alpn");
  }
  if (port.address == Address{}) return std::nullopt;
  const auto habit = std::ranges::find(inbound_habits(), mesh, &InboundHabit::mesh);
  if (habit == inbound_habits().end()) return port;
  if (!says_alpn) port.alpn = habit->alpn;
  if (!habit->by_identity || !port.sni.empty()) return port;
  target.complain(*field,
                  "without \"sni\"; expected the identity of the proxy, such as "
                  "users.shop.serviceaccount.identity.linkerd.cluster.local: any other "
                  "name is passed through to the application");
  return std::nullopt;
}

}  // namespace mesh
