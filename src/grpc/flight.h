// Calls while they are under way, and the channel over which they go: what grpc/call and
// grpc/stream share, for them alone. The library's callbacks come on threads of its own and do
// nothing but hand a call over to the executor's.
#pragma once

#include <grpcpp/generic/generic_stub.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "grpc/call.h"
#include "model/failure.h"
#include "model/grpc_server.h"

namespace mesh {

// One call while it is under way. Made, waited for and destroyed on the executor's thread.
struct FlyingCall {
  explicit FlyingCall(const boost::asio::any_io_executor& executor)
      : waiting(executor, Instant::max()) {}
  virtual ~FlyingCall() = default;
  FlyingCall(const FlyingCall&) = delete;
  FlyingCall& operator=(const FlyingCall&) = delete;

  // Nobody waits for it any more.
  virtual void abandon() { context.TryCancel(); }

  grpc::ClientContext context;
  grpc::ByteBuffer request, response;
  grpc::Status status;
  boost::asio::steady_timer waiting;  // never goes off; cancelled when there is news
  bool ended = false;
};

// One that is answered by many messages. The library says that it has ended when nothing is under
// way and nobody holds it: it is held until a message was asked for in vain, so that one may always
// ask.
struct FlyingStream : FlyingCall, grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
  FlyingStream(const boost::asio::any_io_executor& executor, class Flights& of)
      : FlyingCall(executor), flights(of) {}

  void abandon() override;
  void let_go();
  // On a thread of the library.
  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& how) override;

  class Flights& flights;
  std::optional<bool> read;  // whether a message came, once that is known
  bool held = false;
};

// The calls and channels of one execution context. A service of it, because it must not end before
// the library has called back for the last time.
class Flights : public boost::asio::execution_context::service {
 public:
  static inline boost::asio::execution_context::id id;

  explicit Flights(boost::asio::execution_context& context);

  // The library owns no part of a call: if its thread let go of the last channel, it would wait for
  // itself to end.
  void start(grpc::GenericStub& stub, const std::string& path,
             const std::shared_ptr<FlyingCall>& call);
  void start(grpc::GenericStub& stub, const std::string& path,
             const std::shared_ptr<FlyingStream>& call);

  // On a thread of the library.
  void read(FlyingStream* raw, bool ok);
  void landed(FlyingCall* raw, grpc::Status status);

  std::map<std::string, std::weak_ptr<GrpcChannel>> channels;

 private:
  void shutdown() noexcept override;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<FlyingCall*, std::shared_ptr<FlyingCall>> flying_;
  std::vector<std::shared_ptr<FlyingCall>> landed_;
  bool ending_ = false;
};

Flights& flights_of(const boost::asio::any_io_executor& executor);

class GrpcChannel {
 public:
  GrpcChannel(Flights& flights, GrpcServer server);

  using Stub = std::shared_ptr<grpc::GenericStub>;

  // The one that was kept, or a new one; or why there can be none.
  Result<Stub, Failure> stub();
  bool is_kept() const { return stub_ != nullptr; }
  // The next call begins with a new connection, unless somebody else has made one already.
  void give_up(const Stub& broken);
  // Likewise, though it is sound.
  void let_go() { stub_ = nullptr; }

  // What every call says.
  void prepare(FlyingCall& call, const std::string& request) const;
  // How it ended. REQUIRES: it has.
  Result<GrpcAnswer, Failure> outcome_of(const FlyingCall& call) const;

  Flights& flights() { return flights_; }

 private:
  Flights& flights_;
  const GrpcServer server_;
  const std::string target_;  // as in library_target; a peer that has answered has another name
  Stub stub_;
};

// Completes when the call has ended, or a message of it has come.
boost::asio::awaitable<void> news_of(FlyingCall& call);

// What a message says, as bytes.
std::string bytes_of(const grpc::ByteBuffer& buffer);

}  // namespace mesh
