// Calls over grpc++, whose headers take a compiler half a minute: this is the one file that has
// them. Its callbacks come on the library's own threads and do nothing but hand the call over to
// the executor's.
#include "grpc/call.h"

#include <grpc/support/log.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/build.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/utf8.h"
#include "grpc/failures.h"
#include "grpc/pem_files.h"
#include "grpc/server_names.h"
#include "wire/grpc_code.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using std::chrono::system_clock;

// One call while it is under way. Made, waited for and destroyed on the executor's thread.
struct Call {
  explicit Call(const asio::any_io_executor& executor) : waiting(executor, Instant::max()) {}

  grpc::ClientContext context;
  grpc::ByteBuffer request, response;
  grpc::Status status;
  asio::steady_timer waiting;  // never goes off; cancelled when the call has ended
  bool ended = false;
};

// Whoever waited for it has gone.
struct CancelledUnlessEnded {
  Call& call;
  ~CancelledUnlessEnded() {
    if (!call.ended) call.context.TryCancel();
  }
};

// What the library would write to the error output in a form of its own. Failures are told by the
// calls: this is for who looks closer.
void log_as_ours(gpr_log_func_args* line) {
  const std::string text = shown_on_one_line(line->message);
  log(LogLevel::debug, "the gRPC library says", {{"line", text}});
}

// The calls and channels of one execution context. A service of it, because it must not end before
// the library has called back for the last time.
class Calls : public asio::execution_context::service {
 public:
  static inline asio::execution_context::id id;

  explicit Calls(asio::execution_context& context) : service(context) {
    gpr_set_log_function(log_as_ours);
  }

  // The library owns no part of a call: if its thread let go of the last channel, it would wait for
  // itself to end.
  void start(grpc::GenericStub& stub, const std::string& path, const std::shared_ptr<Call>& call) {
    Call* const raw = call.get();
    {
      const std::lock_guard lock(mutex_);
      flying_.emplace(raw, call);
    }
    stub.UnaryCall(&raw->context, path, {}, &raw->request, &raw->response,
                   [this, raw](grpc::Status status) { landed(raw, std::move(status)); });
  }

  std::map<std::string, std::weak_ptr<GrpcChannel>> channels;

 private:
  // On a thread of the library.
  void landed(Call* raw, grpc::Status status) {
    const std::lock_guard lock(mutex_);
    auto node = flying_.extract(raw);
    raw->status = std::move(status);
    if (ending_) {
      landed_.push_back(std::move(node.mapped()));
    } else {
      asio::post(raw->waiting.get_executor(), [call = std::move(node.mapped())] {
        call->ended = true;
        call->waiting.cancel();
      });
    }
    changed_.notify_all();
  }

  void shutdown() noexcept override {
    std::vector<std::shared_ptr<Call>> flying;
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
      for (const auto& [raw, call] : flying_) flying.push_back(call);
    }
    for (const auto& call : flying) call->context.TryCancel();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return flying_.empty(); });
    landed_.clear();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Call*, std::shared_ptr<Call>> flying_;
  std::vector<std::shared_ptr<Call>> landed_;
  bool ending_ = false;
};

Calls& calls_of(const asio::any_io_executor& executor) {
  return asio::use_service<Calls>(asio::query(executor, asio::execution::context));
}

Result<std::shared_ptr<grpc::ChannelCredentials>, Failure> credentials(
    const std::optional<GrpcTls>& tls) {
  if (!tls) return grpc::InsecureChannelCredentials();
  const Result<PemFiles, Failure> files = read_pem_files(*tls);
  if (!files) return files.error();
  std::vector<grpc::experimental::IdentityKeyCertPair> own;
  if (!files->certificate.empty()) own.push_back({files->key, files->certificate});
  grpc::experimental::TlsChannelCredentialsOptions options;
  // Not as in SslCredentials, where no call may have another authority than the certificate has.
  options.set_check_call_host(false);
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
  // What is compressed would have no bound but that of its compressed form.
  arguments.SetInt(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, 1);
  arguments.SetMaxReceiveMessageSize(static_cast<int>(limits::grpc_message_bytes));
  // The library takes the whole of a message in before it finds it too large.
  grpc::ResourceQuota buffers;
  buffers.Resize(2 * limits::grpc_message_bytes);
  arguments.SetResourceQuota(buffers);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(limits::http_header_bytes));
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  const std::chrono::milliseconds idle = limits::grpc_idle;
  arguments.SetInt(GRPC_ARG_CLIENT_IDLE_TIMEOUT_MS, static_cast<int>(idle.count()));
  // A failed channel is made anew by the next call, so that nothing is dialled between calls, and
  // no earlier failure makes that call wait.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return arguments;
}

std::string response_of(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// `target`: as in library_target; the library knows another name for a peer that has answered.
Result<GrpcAnswer, Failure> outcome_of(const Call& call, const std::string& target) {
  const grpc::Status& status = call.status;
  const auto number = static_cast<std::size_t>(status.error_code());
  GrpcAnswer answer;
  answer.code = number < grpc_code_names.size() ? grpc_code_names[number] : other_grpc_code;
  answer.message = status.error_message();
  if (status.ok()) answer.response = response_of(call.response);
  const bool late = system_clock::now() >= call.context.deadline();
  const bool answered = call.context.peer() != target;
  if (auto failure = failure_of(answer.code, answer.message, answered, late)) return *failure;
  return answer;
}

}  // namespace

class GrpcChannel {
 public:
  GrpcChannel(Calls& calls, GrpcServer server)
      : calls_(calls), server_(std::move(server)), target_(library_target(server_.address)) {}

  const std::string& target() const { return target_; }
  const std::string& authority() const { return server_.authority; }

  using Stub = std::shared_ptr<grpc::GenericStub>;

  // The one that was kept, or a new one; or why there can be none.
  Result<Stub, Failure> stub() {
    if (stub_) return stub_;
    const auto how = credentials(server_.tls);
    if (!how) return how.error();
    stub_ = std::make_shared<grpc::GenericStub>(
        grpc::CreateCustomChannel(target_, *how, arguments(server_)));
    return stub_;
  }

  bool is_kept() const { return stub_ != nullptr; }

  // The next call begins with a new connection, unless somebody else has made one already.
  void give_up(const Stub& broken) {
    if (stub_ == broken) stub_ = nullptr;
  }

  void start(grpc::GenericStub& stub, const std::string& path, const std::shared_ptr<Call>& call) {
    calls_.start(stub, path, call);
  }

 private:
  Calls& calls_;
  const GrpcServer server_;
  const std::string target_;
  Stub stub_;
};

namespace {

asio::awaitable<Result<GrpcAnswer, Failure>> attempt(GrpcChannel& channel, const std::string& path,
                                                     const std::string& request, Instant deadline) {
  const auto stub = channel.stub();
  if (!stub) co_return stub.error();
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto call = std::make_shared<Call>(executor);
  const CancelledUnlessEnded guard{*call};
  const grpc::Slice slice(request);
  call->request = grpc::ByteBuffer(&slice, 1);
  const Duration left = deadline - steady_clock::now();
  call->context.set_deadline(system_clock::now() + left);
  if (!channel.authority().empty()) call->context.set_authority(channel.authority());
  channel.start(**stub, path, call);
  boost::system::error_code cancelled;
  auto token = asio::redirect_error(asio::use_awaitable, cancelled);
  co_await call->waiting.async_wait(token);
  if (!call->ended) co_return Failure{Reason::timeout, "cancelled"};
  Result<GrpcAnswer, Failure> outcome = outcome_of(*call, channel.target());
  if (!outcome && may_be_the_connections(outcome.error().reason)) channel.give_up(*stub);
  co_return outcome;
}

}  // namespace

std::shared_ptr<GrpcChannel> grpc_channel(const asio::any_io_executor& executor,
                                          const GrpcServer& server) {
  Calls& calls = calls_of(executor);
  std::erase_if(calls.channels, [](const auto& one) { return one.second.expired(); });
  std::weak_ptr<GrpcChannel>& known = calls.channels[key_of(server)];
  auto channel = known.lock();
  if (!channel) known = channel = std::make_shared<GrpcChannel>(calls, server);
  return channel;
}

asio::awaitable<Result<GrpcAnswer, Failure>> grpc_call(std::shared_ptr<GrpcChannel> channel,
                                                       std::string path, std::string request,
                                                       Instant deadline) {
  const bool kept = channel->is_kept();
  auto outcome = co_await attempt(*channel, path, request, deadline);
  const bool stale = kept && !outcome && !channel->is_kept();
  if (!stale || steady_clock::now() >= deadline) co_return outcome;
  co_return co_await attempt(*channel, path, request, deadline);
}

}  // namespace mesh
