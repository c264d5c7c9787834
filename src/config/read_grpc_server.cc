// Addresses, files and names; see read_grpc_server.h.
#include "config/read_grpc_server.h"

#include "base/quoted.h"
#include "config/read_client_files.h"
#include "config/read_tls_port.h"
#include "config/url.h"
#include "config/yaml_tree.h"
#include "model/certificate.h"

namespace mesh {
namespace {

constexpr std::array<std::string_view, 3> server_keys{"address", "tls", "authority"};
constexpr std::array<std::string_view, 5> tls_keys{"ca_file", "server_name", "spiffe_id",
                                                   "client_certificate", "client_key"};

std::string read_spiffe_id(const Fields& fields) {
  const auto field = fields.find("spiffe_id");
  if (!field) return "";
  const auto id =
      fields.text(*field, "an identity such as spiffe://cluster.local/ns/shop/sa/users");
  if (!id || !trust_domain_of(*id).empty()) return id.value_or("");
  fields.complain(*field, *id, "is no SPIFFE ID",
                  "an identity such as spiffe://cluster.local/ns/shop/sa/users");
  return "";
}

// They may come later, or be others where the file is only checked: no error.
void warn_of_files(const Fields& fields, const Reading& reading, const GrpcTls& tls) {
  if (!reading.context.tls_files) return;
  const auto fault = reading.context.tls_files(tls);
  if (!fault) return;
  const auto field = fields.find(fault->key);
  if (!field) return;  // it is none, which is an error already
  reading.warnings.add(field->at, field->path + ": " + in_quotes(fault->file) +
                                      " cannot be used: " + fault->why +
                                      "; without it the server is not reached");
}

std::optional<GrpcTls> read_tls(const Fields& server, const Reading& reading) {
  const auto field = server.find("tls");
  if (!field) return std::nullopt;
  const Fields fields = reading.fields(*field, tls_keys);
  GrpcTls tls;
  tls.ca_file = read_file_path(fields, "ca_file", "the absolute path of a PEM file");
  tls.server_name = read_server_name(fields, "server_name");
  tls.spiffe_id = read_spiffe_id(fields);
  read_client_files(fields, tls.client_certificate_file, tls.client_key_file);
  warn_of_files(fields, reading, tls);
  return tls;
}

}  // namespace

std::optional<Address> read_grpc_address(const Fields& fields, const Field& field) {
  const auto text = fields.text(field, "HOST:PORT or unix:/PATH");
  if (!text) return std::nullopt;
  if (!is_unix_url(*text)) return read_address(fields, field);
  auto socket = parse_unix_url(*text);
  if (socket) return std::move(*socket);
  fields.complain(field, *text, socket.error().message, "unix:/PATH");
  return std::nullopt;
}

void read_grpc_manners(const Fields& fields, const Reading& reading, GrpcServer& server) {
  server.tls = read_tls(fields, reading);
  server.authority = read_server_name(fields, "authority");
}

std::optional<GrpcServer> read_grpc_server(const Fields& target, const Reading& reading) {
  const auto field = target.find("grpc");
  if (!field) return std::nullopt;
  GrpcServer server;
  if (field->node->kind == YamlNode::Kind::scalar) {
    server.address = read_grpc_address(target, *field).value_or(Address{});
  } else {
    const Fields fields = reading.fields(*field, server_keys);
    if (!is_entry(fields, *field, server_keys)) return std::nullopt;
    if (const auto address = fields.find("address")) {
      server.address = read_grpc_address(fields, *address).value_or(Address{});
    } else {
      fields.complain(*field, "the key \"address\" is missing; expected HOST:PORT or unix:/PATH");
    }
    read_grpc_manners(fields, reading, server);
  }
  if (server.address == Address{}) return std::nullopt;
  return server;
}

}  // namespace mesh
