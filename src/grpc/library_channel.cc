// Credentials and arguments; see library_channel.h.
#include "grpc/library_channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/build.h"
#include "base/limits.h"
#include "grpc/pem_files.h"
#include "grpc/server_names.h"

namespace mesh {
namespace {

// Debian's library (1.51) keeps in an int how much it will read next, which follows what came over
// a connection without a pause: after two gigabytes it aborts the process (tcp_posix.cc, "assertion
// failed: tcp->incoming_buffer->length != 0"), before that it allocates as much. Without this
// experiment, which is on by itself, that is bounded. The library reads the variable once, at its
// first channel; it is set before there is another thread.
[[maybe_unused]] const int bounded_reads = [] {
  constexpr const char* name = "GRPC_EXPERIMENTS";
  const char* given = std::getenv(name);
  std::string experiments = given == nullptr ? "" : std::string(given) + ",";
  experiments += "-tcp_read_chunks";
  return setenv(name, experiments.c_str(), 1);
}();

// Of a certificate whose chain was verified before: whether it is the one peer that is meant.
// Certificates of workloads often have no name but this.
class OneIdentity : public grpc::experimental::ExternalCertificateVerifier {
 public:
  explicit OneIdentity(std::string wanted) : wanted_(std::move(wanted)) {}

  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> /*later*/, grpc::Status* now) override {
    const auto names = request->uri_names();
    const bool is_it = std::ranges::any_of(names, [this](const grpc::string_ref& one) {
      return std::string_view(one.data(), one.size()) == wanted_;
    });
    if (!is_it) *now = {grpc::StatusCode::UNAUTHENTICATED, "another identity"};
    return true;
  }
  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  const std::string wanted_;
};

Result<std::shared_ptr<grpc::ChannelCredentials>, Failure> credentials(
    const std::optional<GrpcTls>& tls) {
  if (!tls) return grpc::InsecureChannelCredentials();
  const Result<PemFiles, TlsFileFault> files = read_pem_files(*tls);
  if (!files) return failure_of(files.error());
  std::vector<grpc::experimental::IdentityKeyCertPair> own;
  if (!files->certificate.empty()) own.push_back({files->key, files->certificate});
  grpc::experimental::TlsChannelCredentialsOptions options;
  // Not as in SslCredentials, where no call may have another authority than the certificate has.
  options.set_check_call_host(false);
  if (!tls->spiffe_id.empty()) {
    options.set_certificate_verifier(
        grpc::experimental::ExternalCertificateVerifier::Create<OneIdentity>(tls->spiffe_id));
  }
  if (!files->roots.empty() || !own.empty()) {
    options.set_certificate_provider(
        std::make_shared<grpc::experimental::StaticDataCertificateProvider>(files->roots, own));
  }
  if (!files->roots.empty()) options.watch_root_certs();
  if (!own.empty()) options.watch_identity_key_cert_pairs();
  return grpc::experimental::TlsCredentials(options);
}

grpc::ChannelArguments arguments(const GrpcServer& server) {
  grpc::ChannelArguments arguments;
  arguments.SetUserAgentPrefix("mesh_exporter/" + std::string(build::version));
  if (server.tls && !server.tls->server_name.empty()) {
    arguments.SetSslTargetNameOverride(server.tls->server_name);
  }
  // A call is one attempt, over the address that was named, and what the server would like calls to
  // be like changes nothing.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_CENSUS, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_CHANNELZ, 0);
  arguments.SetInt(GRPC_ARG_MAX_CHANNEL_TRACE_EVENT_MEMORY_PER_NODE, 0);
  // What is compressed is bounded by its compressed form first. What comes all at once the library
  // may decode before it looks at this, up to the bound of a message.
  arguments.SetInt(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, 1);
  arguments.SetMaxReceiveMessageSize(static_cast<int>(limits::grpc_message_bytes));
  // The library takes the whole of a message in before it finds it too large.
  grpc::ResourceQuota buffers;
  buffers.Resize(2 * limits::grpc_message_bytes);
  arguments.SetResourceQuota(buffers);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(limits::http_header_bytes));
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  // A failed channel is made anew by the next call, so that nothing is dialled between calls, and
  // no earlier failure makes that call wait.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return arguments;
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>, Failure> library_channel(const GrpcServer& server) {
  const auto how = credentials(server.tls);
  if (!how) return how.error();
  return grpc::CreateCustomChannel(library_target(server.address), *how, arguments(server));
}

}  // namespace mesh
