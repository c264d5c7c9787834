// URLs for the library, and keys that no file name can forge.
#include "grpc/server_names.h"

#include <boost/asio/ip/address.hpp>

#include "base/url_encoding.h"

namespace mesh {

std::string library_target(const Address& address) {
  if (address.is_unix()) return "unix:" + percent_encode(address.unix_path);
  return "dns:///" + percent_encode(to_string(address));
}

std::string peer_name(const Address& address) {
  if (address.is_unix()) return "unix:" + address.unix_path;
  boost::system::error_code is_name;
  const auto host = boost::asio::ip::make_address(address.host, is_name);
  if (is_name) return "";
  const std::string port = ":" + std::to_string(address.port);
  if (host.is_v4()) return "ipv4:" + host.to_string() + port;
  return "ipv6:%5B" + host.to_string() + "%5D" + port;
}

std::string key_of(const GrpcServer& server) {
  const GrpcTls tls = server.tls.value_or(GrpcTls{});
  std::string key = percent_encode(to_string(server.address));
  for (const std::string& part :
       {std::string(server.tls ? "tls" : "plain"), tls.ca_file, tls.server_name, tls.spiffe_id,
        tls.client_certificate_file, tls.client_key_file, server.authority}) {
    key.append("/").append(percent_encode(part));
  }
  return key;
}

}  // namespace mesh
