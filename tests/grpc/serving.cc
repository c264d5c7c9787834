// One generic service that reads one message and answers with one.
#include "grpc/serving.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <utility>
#include <vector>

namespace mesh::support {
namespace {

grpc::ByteBuffer buffer_of(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

std::string bytes_of(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) std::abort();
  for (const auto& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

class Service : public grpc::CallbackGenericService {
 public:
  explicit Service(Serving::Answer answer) : answer_(std::move(answer)) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Reactor(*this, {context->method(), context->host(), ""});
  }

  bool wait_for(const int& count, int most) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return count >= most; });
  }
  void add(int& count) {
    const std::lock_guard lock(mutex_);
    ++count;
    changed_.notify_all();
  }

  int calls = 0, cancelled = 0;  // guarded

 private:
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    Reactor(Service& service, ServingCall call) : service_(service), call_(std::move(call)) {
      StartRead(&buffer_);
    }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no message"));
      call_.request = bytes_of(buffer_);
      const Served served = service_.answer_(call_);
      never_ = served.never;
      service_.add(service_.calls);
      if (served.never) return;
      if (served.code != 0) {
        return Finish({static_cast<grpc::StatusCode>(served.code), served.message});
      }
      buffer_ = buffer_of(served.bytes);
      left_ = served.times;
      write();
    }
    void OnWriteDone(bool /*ok*/) override {
      if (left_ > 0) write();
    }
    void OnCancel() override {
      if (!never_) return;
      service_.add(service_.cancelled);
      Finish(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }

   private:
    void write() {
      if (--left_ > 0) return StartWrite(&buffer_);
      StartWriteAndFinish(&buffer_, {}, grpc::Status::OK);
    }

    Service& service_;
    ServingCall call_;
    int left_ = 0;
    grpc::ByteBuffer buffer_;
    bool never_ = false;
  };

  const Serving::Answer answer_;
  std::mutex mutex_;
  std::condition_variable changed_;
};

std::shared_ptr<grpc::ServerCredentials> credentials(const ServingTls* tls) {
  if (!tls) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options(
      tls->client_root ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                       : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  options.pem_key_cert_pairs.push_back({tls->leaf.key_pem, tls->leaf.pem});
  if (tls->client_root) options.pem_root_certs = tls->client_root->pem;
  return grpc::SslServerCredentials(options);
}

}  // namespace

struct Serving::State {
  explicit State(Answer answer) : service(std::move(answer)) {}

  void listen(const std::string& where, const ServingTls* tls) {
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(&service);
    builder.SetMaxSendMessageSize(-1);
    builder.AddListeningPort(where, credentials(tls), &port);
    server = builder.BuildAndStart();
    if (!server) std::abort();
  }

  Service service;
  int port = 0;
  std::string socket;  // "": a port
  std::unique_ptr<grpc::Server> server;
};

Serving::Serving(Answer answer, const ServingTls* tls, int port)
    : state_(std::make_unique<State>(std::move(answer))) {
  state_->listen("127.0.0.1:" + std::to_string(port), tls);
}

Serving::Serving(Answer answer, const std::string& socket, const ServingTls* tls)
    : state_(std::make_unique<State>(std::move(answer))) {
  state_->socket = socket;
  state_->listen("unix:" + socket, tls);
}

Serving::~Serving() { state_->server->Shutdown(std::chrono::system_clock::now()); }

Address Serving::address() const {
  if (!state_->socket.empty()) return {"", 0, state_->socket};
  return {"127.0.0.1", static_cast<std::uint16_t>(state_->port), ""};
}

bool Serving::wait_for_cancelled(int calls) {
  return state_->service.wait_for(state_->service.cancelled, calls);
}
bool Serving::wait_for_calls(int calls) {
  return state_->service.wait_for(state_->service.calls, calls);
}

struct HealthServing::State {
  // The library starts no server that has its health service alone.
  grpc::CallbackGenericService beside;
  int port = 0;
  std::unique_ptr<grpc::Server> server;
};

HealthServing::HealthServing() : state_(std::make_unique<State>()) {
  grpc::EnableDefaultHealthCheckService(true);  // of all servers, until it is taken back
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&state_->beside);
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &state_->port);
  state_->server = builder.BuildAndStart();
  grpc::EnableDefaultHealthCheckService(false);
  if (!state_->server) std::abort();
}

HealthServing::~HealthServing() { state_->server->Shutdown(std::chrono::system_clock::now()); }

Address HealthServing::address() const {
  return {"127.0.0.1", static_cast<std::uint16_t>(state_->port), ""};
}

void HealthServing::say(const std::string& service, bool serving) {
  grpc::HealthCheckServiceInterface* const health = state_->server->GetHealthCheckService();
  if (service.empty()) return health->SetServingStatus(serving);
  health->SetServingStatus(service, serving);
}

}  // namespace mesh::support
