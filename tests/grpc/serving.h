// A real gRPC server for tests (grpc++), on a free port of 127.0.0.1, for any method. Without the
// library's headers: only serving.cc takes a compiler that long.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "model/target.h"
#include "support/certificates.h"

namespace mesh::support {

struct Served {
  int code = 0;         // as in grpc_code_names
  std::string message;  // the status's
  std::string bytes;    // the answer, with code 0
  bool never = false;   // does not answer at all
  int times = 1;        // so often the answer is sent, with code 0
};

struct ServingCall {
  std::string path, authority, request;
};

struct ServingTls {
  const Minted& leaf;
  const Minted* client_root = nullptr;  // null: clients show no certificate
};

class Serving {
 public:
  using Answer = std::function<Served(const ServingCall&)>;  // on a thread of the library

  // Port 0: any free one.
  explicit Serving(Answer answer, const ServingTls* tls = nullptr, int port = 0);
  // On this Unix socket.
  Serving(Answer answer, const std::string& socket, const ServingTls* tls = nullptr);
  ~Serving();  // cuts off the calls under way
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  Address address() const;
  // Waits until so many calls had come; until so many of those that are never answered were
  // cancelled by their client. False after ten seconds.
  bool wait_for_calls(int calls);
  bool wait_for_cancelled(int calls);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A real gRPC server with the library's own health service, on a free port of 127.0.0.1.
class HealthServing {
 public:
  HealthServing();
  ~HealthServing();  // cuts off the calls under way
  HealthServing(const HealthServing&) = delete;
  HealthServing& operator=(const HealthServing&) = delete;

  Address address() const;
  void say(const std::string& service, bool serving);  // "" is the server as a whole

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mesh::support
