// The threads that read the library's completion queue. One is enough, unless a server keeps it
// busy: whoever reads the queue also does the library's work, and as long as a connection brings
// something, that does not end. Then another takes over.
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>

#include <atomic>
#include <functional>
#include <list>
#include <thread>

namespace mesh {

// Used on one thread.
class QueueReaders {
 public:
  // What the library says, and that some time has gone by (limits::grpc_idle / 3); on the thread of
  // a reader.
  struct Told {
    std::function<void(void* tag, bool ok)> event;
    std::function<void()> pause;
  };

  explicit QueueReaders(Told told);
  ~QueueReaders();  // REQUIRES: nothing that was asked for is unanswered
  QueueReaders(const QueueReaders&) = delete;
  QueueReaders& operator=(const QueueReaders&) = delete;

  grpc::CompletionQueue* queue() { return &queue_; }

  // Asks for a sign that somebody reads, unless that was done already.
  void ask_for_a_sign();
  bool owes_a_sign() const { return owes_a_sign_; }

  // Another one reads from now on, if there are not too many; who has read until now ends as soon
  // as it comes back from the library.
  void relieve();
  // Somebody who was relieved has not come back.
  bool is_one_stuck() const { return under_way_ > 1; }

 private:
  struct Reader {
    std::atomic<bool> ended = false;
    std::thread thread;
  };

  void read(Reader& me);

  const Told told_;
  grpc::CompletionQueue queue_;
  grpc::Alarm sign_;
  std::atomic<bool> owes_a_sign_ = false;
  std::list<Reader> readers_;
  std::atomic<Reader*> current_ = nullptr;
  std::atomic<int> under_way_ = 0;
};

}  // namespace mesh
