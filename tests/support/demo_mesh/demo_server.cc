// demo_server: the application of one pod of the demo mesh. Serves all demo services with health,
// reflection and channelz on, and answers each call with the status that the caller asks for.
//
//   demo_server NAME ADDRESS…     e.g. demo_server backend-1 127.0.0.1:50051 127.0.0.1:50052
//
// Prints its name once it serves; ends on SIGTERM. At each SIGUSR1 its health says NOT_SERVING of
// user.v1.UserService, or SERVING again; calls are answered all the same.
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "greeter.grpc.pb.h"
#include "order.grpc.pb.h"
#include "user.grpc.pb.h"

namespace mesh::demo {
namespace {

using ::demo::Answer;
using ::demo::Ask;
using grpc::ServerContext;
using grpc::Status;

// What all methods share: who answers, and how a call ends.
class Answering {
 public:
  explicit Answering(std::string name) : name_(std::move(name)) {}

  void fill(const Ask& ask, Answer& answer) const {
    answer.set_text(ask.text());
    answer.set_server(name_);
  }

  Status finish(ServerContext& context, const Ask& ask) const {
    // A handler that hangs, as applications do: the synchronous API can only be asked.
    while (ask.hold() && !context.IsCancelled()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    context.AddTrailingMetadata("demo-server", name_);
    const auto code = static_cast<grpc::StatusCode>(ask.code());
    return code == grpc::StatusCode::OK ? Status::OK : Status(code, "as the caller asked");
  }

  Status unary(ServerContext& context, const Ask& ask, Answer& answer) const {
    fill(ask, answer);
    return finish(context, ask);
  }

 private:
  std::string name_;
};

class Users final : public user::v1::UserService::Service {
 public:
  explicit Users(const Answering& answering) : answering_(answering) {}

  Status GetUser(ServerContext* context, const Ask* ask, Answer* answer) override {
    return answering_.unary(*context, *ask, *answer);
  }

  Status ListUsers(ServerContext* context, const Ask* ask,
                   grpc::ServerWriter<Answer>* writer) override {
    Answer answer;
    answering_.fill(*ask, answer);
    for (std::uint32_t i = 0; i < ask->answers() && writer->Write(answer); ++i) {
    }
    return answering_.finish(*context, *ask);
  }

  Status Chat(ServerContext* context, grpc::ServerReaderWriter<Answer, Ask>* stream) override {
    Ask ask;
    Answer answer;
    while (stream->Read(&ask)) {
      answering_.fill(ask, answer);
      stream->Write(answer);
    }
    return answering_.finish(*context, ask);
  }

 private:
  const Answering& answering_;
};

class Orders final : public order::v1::OrderService::Service {
 public:
  explicit Orders(const Answering& answering) : answering_(answering) {}

  Status PlaceOrder(ServerContext* context, const Ask* ask, Answer* answer) override {
    return answering_.unary(*context, *ask, *answer);
  }

  Status UploadItems(ServerContext* context, grpc::ServerReader<Ask>* reader,
                     Answer* answer) override {
    Ask ask;
    while (reader->Read(&ask)) {
    }
    return answering_.unary(*context, ask, *answer);
  }

 private:
  const Answering& answering_;
};

class Greetings final : public Greeter::Service {
 public:
  explicit Greetings(const Answering& answering) : answering_(answering) {}

  Status SayHello(ServerContext* context, const Ask* ask, Answer* answer) override {
    return answering_.unary(*context, *ask, *answer);
  }

 private:
  const Answering& answering_;
};

int serve(int argc, char** argv) {
  // Before gRPC makes threads, so that only sigwait below sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::channelz::experimental::InitChannelzService();
  const Answering answering(argv[1]);
  Users users(answering);
  Orders orders(answering);
  Greetings greetings(answering);
  grpc::ServerBuilder builder;
  std::vector<int> ports(static_cast<std::size_t>(argc), 0);
  for (int i = 2; i < argc; ++i) {
    builder.AddListeningPort(argv[i], grpc::InsecureServerCredentials(),
                             &ports[static_cast<std::size_t>(i)]);
  }
  builder.RegisterService(&users).RegisterService(&orders).RegisterService(&greetings);
  const auto server = builder.BuildAndStart();
  for (int i = 2; i < argc; ++i) {
    if (server && ports[static_cast<std::size_t>(i)] != 0) continue;
    std::fprintf(stderr, "demo_server: cannot listen on %s\n", argv[i]);
    return 1;
  }
  for (const char* service : {"user.v1.UserService", "order.v1.OrderService", "Greeter"}) {
    server->GetHealthCheckService()->SetServingStatus(service, true);
  }
  std::printf("%s\n", argv[1]);
  std::fflush(stdout);
  int signal = 0;
  for (bool serves = true; sigwait(&signals, &signal) == 0 && signal == SIGUSR1;) {
    serves = !serves;
    server->GetHealthCheckService()->SetServingStatus("user.v1.UserService", serves);
  }
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
  return 0;
}

}  // namespace
}  // namespace mesh::demo

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: demo_server NAME ADDRESS…\n");
    return 2;
  }
  return mesh::demo::serve(argc, argv);
}
