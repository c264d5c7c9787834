// A gRPC server that requires client certificates, for the agent's TLS handshake to read:
//
//   grpc_tls_server CERTIFICATE KEY ROOTS
//
// Answers every call with UNIMPLEMENTED, on a free port of 127.0.0.1; prints that port, and runs
// until it is killed.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace {

std::string read(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) return 2;
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_key_cert_pairs.push_back({read(words[2]), read(words[1])});
  options.pem_root_certs = read(words[3]);
  int port = 0;
  grpc::CallbackGenericService calls;
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&calls);
  builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port);
  const auto server = builder.BuildAndStart();
  if (!server || port == 0) return 1;
  std::printf("%d\n", port);
  std::fflush(stdout);
  server->Wait();
  return 0;
}
