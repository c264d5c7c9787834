// Calls while they are under way, and the channel over which they go: what grpc/call and
// grpc/stream share, for them alone. What the library has done it says in a queue, which a thread
// of ours reads (grpc/queue_readers): it does nothing but hand it over to the executor's.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "grpc/call.h"
#include "grpc/failures.h"
#include "grpc/queue_readers.h"
#include "model/failure.h"
#include "model/grpc_server.h"

namespace mesh {

// A channel of the library, and what begins calls over it.
struct LibraryStub {
  explicit LibraryStub(const std::shared_ptr<grpc::Channel>& of) : channel(of), calls(of) {}

  const std::shared_ptr<grpc::Channel> channel;
  grpc::GenericStub calls;
};
using GrpcStub = std::shared_ptr<LibraryStub>;

// One call while it is under way. Made, waited for and destroyed on the executor's thread.
struct FlyingCall {
  FlyingCall(const boost::asio::any_io_executor& executor, GrpcStub over)
      : stub(std::move(over)), waiting(executor, Instant::max()) {}
  virtual ~FlyingCall() = default;
  FlyingCall(const FlyingCall&) = delete;
  FlyingCall& operator=(const FlyingCall&) = delete;

  // Nobody waits for it any more.
  void abandon() { context.TryCancel(); }

  // Who is at the other end, as far as it is known; see peer_name().
  std::string peer() const;
  // Its connection has an end. Where the peer is not known, all those to the port that have brought
  // more than an answer: they were kept, and are made anew.
  void cut_off() const;

  // Something that the library was asked to do, and whether it could, once that is known.
  using Step = std::optional<bool>;

  const GrpcStub stub;  // who has it uses the connection
  grpc::ClientContext context;
  std::string peer_meant;  // "" if it is known only after the name was looked up
  int port = 0;
  grpc::ByteBuffer request, response;
  grpc::Status status;
  Step ended;
  Step parted;           // whether its connection was lost in the time that was given to tell
  bool flooded = false;  // the connection brings more than any answer has
  boost::asio::steady_timer waiting;  // cancelled when there is news
};

struct FlyingUnary : FlyingCall {
  using FlyingCall::FlyingCall;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;  // lies in the context's memory
};

// One that is answered by many messages. Its end is asked for when a message was asked for in vain.
struct FlyingStream : FlyingCall {
  using FlyingCall::FlyingCall;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> reader;  // likewise
  Step sent, read;
};

// The calls and channels of one execution context. A service of it, because it must not end before
// the library has said its last word.
class Flights : public boost::asio::execution_context::service {
 public:
  static inline boost::asio::execution_context::id id;

  explicit Flights(boost::asio::execution_context& context);

  void start(const std::string& path, const std::shared_ptr<FlyingUnary>& call);
  void start(const std::string& path, const std::shared_ptr<FlyingStream>& call);
  // One of these at a time.
  void read(const std::shared_ptr<FlyingStream>& call);
  void finish(const std::shared_ptr<FlyingStream>& call);
  // Its `parted` will be known by then. REQUIRES: it has ended.
  void ask_for_connection(const std::shared_ptr<FlyingCall>& call, WallTime latest);

  // Some call takes long: if that is because nobody reads the queue, or because a server floods its
  // connection, it is mended. Costs nothing more while it is being found out.
  void doubt(const boost::asio::any_io_executor& executor);

  // Of channels that no call uses, and none did for limits::grpc_idle, the connection is closed. It
  // is looked for three times in that while.
  void let_go_idle(Instant now);

  std::map<std::string, std::weak_ptr<GrpcChannel>> channels;

 private:
  void shutdown() noexcept override;
  bool all_landed_within(Duration time);
  // What the library calls the step. The call lives until the library has answered.
  void* begin(std::shared_ptr<FlyingCall> call, FlyingCall::Step& step);
  grpc::CompletionQueue* queue();
  // Until it is known that somebody reads the queue, and no server floods its connection.
  boost::asio::awaitable<void> see_to_readers();
  // Whether one may be flooded.
  bool look_for_floods();

  // On a thread of the queue.
  void hear(FlyingCall::Step* step, bool ok);
  void look_for_idle();

  // While there is one the library has threads of its own: none before there is a call.
  std::optional<QueueReaders> readers_;
  bool seeing_to_ = false;
  Instant next_doubt_, next_look_;
  // What the connection of a call had brought at a look.
  struct Look {
    std::uint64_t bytes;
    Instant at;
  };
  std::map<std::weak_ptr<FlyingCall>, Look, std::owner_less<>> looks_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<FlyingCall::Step*, std::shared_ptr<FlyingCall>> flying_;
  std::vector<std::shared_ptr<FlyingCall>> landed_;
  boost::asio::any_io_executor executor_;
  bool looking_ = false;
  bool ending_ = false;
};

Flights& flights_of(const boost::asio::any_io_executor& executor);

class GrpcChannel {
 public:
  GrpcChannel(Flights& flights, GrpcServer server);

  // The one that was kept, or a new one; or why there can be none.
  Result<GrpcStub, Failure> stub();
  bool is_kept() const { return stub_ != nullptr; }
  // The next call begins with a new connection, unless somebody else has made one already.
  void give_up(const GrpcStub& broken);
  // Likewise, though it is sound.
  void let_go();
  void let_go_if_idle(Instant now);

  // What every call says.
  void prepare(FlyingCall& call, const std::string& request) const;
  // How it ended. REQUIRES: it has.
  boost::asio::awaitable<Result<GrpcAnswer, Failure>> outcome_of(std::shared_ptr<FlyingCall> call);

  Flights& flights() { return flights_; }
  const GrpcServer& server() const { return server_; }

 private:
  // The library makes another connection without a word where one was lost between two calls.
  void look_for_loss();
  boost::asio::awaitable<Connection> connection_of(std::shared_ptr<FlyingCall> call);

  Flights& flights_;
  const GrpcServer server_;
  const std::string target_;  // as in library_target; a peer that has answered has another name
  GrpcStub stub_;
  bool was_connected_ = false;  // by stub_
  std::uint64_t lost_ = 0;
  Instant used_;  // when a call was begun or ended last
};

// Completes when the call has ended, a message of it has come, or it is flooded. At the latest
// then, and then there may be something wrong with the queue.
boost::asio::awaitable<void> news_of(FlyingCall& call, Instant latest);

// What is told of a call that is flooded.
Failure flooding();

// What a message says, as bytes.
std::string bytes_of(const grpc::ByteBuffer& buffer);

}  // namespace mesh
