// An admin server that answers from a script, well or badly: pages by path, and for any path, or
// for all, a habit out of fake_habits.h. Plain sockets and threads of its own, so that it shares
// nothing with the code under test. Over TCP on a free port of 127.0.0.1, or on a Unix socket.
//
//   FakeAdmin admin;
//   admin.on("/stats?usedonly", habits::page("a: 1\n"));
//   admin.on_everything(habits::never_answer);
//
// All members may be called from any thread while clients are being served.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <list>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "model/target.h"
#include "support/fake_habits.h"

namespace mesh::support {

class FakeAdmin {
 public:
  FakeAdmin() { listen(); }
  explicit FakeAdmin(const std::string& unix_path) {
    address_.unix_path = unix_path;
    listen();
  }
  ~FakeAdmin() { refuse(); }
  FakeAdmin(const FakeAdmin&) = delete;
  FakeAdmin& operator=(const FakeAdmin&) = delete;

  Address address() const { return address_; }

  // What follows a request for this path and query. A path without a habit gets 404.
  void on(const std::string& path, Habit habit) {
    const std::lock_guard lock(mutex_);
    habits_[path] = std::move(habit);
  }

  // What follows any request, over all pages; an empty one brings the pages back.
  void on_everything(Habit habit) {
    const std::lock_guard lock(mutex_);
    over_all_ = std::move(habit);
  }

  // What follows accepting, before anything is read; nothing more happens on that connection if it
  // leaves.
  void on_accept(Habit habit) {
    const std::lock_guard lock(mutex_);
    on_accept_ = std::move(habit);
  }

  // Stops listening and cuts every connection, as a proxy that dies; then connecting is refused.
  void refuse();

  // Listens again at the same address, as a proxy that was restarted.
  void listen();

  int connections() const { return read(connections_); }
  int open_connections() const { return read(open_); }
  int requests() const { return read(requests_); }
  int most_requests_at_once() const { return read(most_at_once_); }
  int requests_for(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto found = requests_by_path_.find(path);
    return found == requests_by_path_.end() ? 0 : found->second;
  }
  // The last request as it came, up to and with the empty line.
  std::string last_head() const {
    const std::lock_guard lock(mutex_);
    return last_head_;
  }

  // For tests that must know that the client has closed; false if it has not after ten seconds.
  bool wait_for_open_connections(int count) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return open_ == count; });
  }

 private:
  struct Worker {
    int fd = -1;
    bool over = false;
    std::thread thread;
  };

  void accept_all(int listener);
  void converse(Worker& worker);
  void serve(FakePeer& peer);
  Habit begin(const std::string& head);
  void end() {
    const std::lock_guard lock(mutex_);
    --at_once_;
  }
  int read(const int& count) const {
    const std::lock_guard lock(mutex_);
    return count;
  }

  Address address_;
  int listener_ = -1;
  int stop_ = -1;  // an eventfd: readable when accepting shall end
  std::thread acceptor_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::string, Habit> habits_;
  Habit over_all_;
  Habit on_accept_;
  std::list<Worker> workers_;
  int connections_ = 0;
  int open_ = 0;
  int requests_ = 0;
  int at_once_ = 0;
  int most_at_once_ = 0;
  std::map<std::string, int> requests_by_path_;
  std::string last_head_;
};

namespace detail {

inline int checked(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
  return result;
}

inline int listen_on_unix(const std::string& path) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  path.copy(at.sun_path, sizeof at.sun_path - 1);
  const int fd = checked(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  ::unlink(path.c_str());
  checked(::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at), "bind");
  checked(::listen(fd, 128), "listen");
  return fd;
}

// Port 0 becomes the one that was found.
inline int listen_on_loopback(std::uint16_t& port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  const int fd = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  checked(::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at), "bind");
  checked(::listen(fd, 128), "listen");
  socklen_t size = sizeof at;
  checked(::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size), "getsockname");
  port = ntohs(at.sin_port);
  return fd;
}

}  // namespace detail

inline void FakeAdmin::listen() {
  if (address_.is_unix()) {
    listener_ = detail::listen_on_unix(address_.unix_path);
  } else {
    address_.host = "127.0.0.1";
    listener_ = detail::listen_on_loopback(address_.port);
  }
  stop_ = detail::checked(::eventfd(0, EFD_CLOEXEC), "eventfd");
  acceptor_ = std::thread([this, fd = listener_] { accept_all(fd); });
}

inline void FakeAdmin::refuse() {
  if (!acceptor_.joinable()) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_, &one, sizeof one);
  acceptor_.join();
  ::close(listener_);
  ::close(stop_);
  if (address_.is_unix()) ::unlink(address_.unix_path.c_str());
  std::list<Worker> workers;
  {
    const std::lock_guard lock(mutex_);
    for (Worker& worker : workers_) {
      if (!worker.over) ::shutdown(worker.fd, SHUT_RDWR);
    }
    workers.splice(workers.end(), workers_);
  }
  for (Worker& worker : workers) worker.thread.join();
}

inline void FakeAdmin::accept_all(int listener) {
  for (;;) {
    pollfd waits[] = {{listener, POLLIN, 0}, {stop_, POLLIN, 0}};
    ::poll(waits, 2, -1);
    if (waits[1].revents != 0) return;
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const std::lock_guard lock(mutex_);
    ++connections_;
    ++open_;
    changed_.notify_all();
    workers_.remove_if([](Worker& worker) {
      if (worker.over) worker.thread.join();
      return worker.over;
    });
    Worker& worker = workers_.emplace_back();
    worker.fd = fd;
    worker.thread = std::thread([this, &worker] { converse(worker); });
  }
}

inline void FakeAdmin::converse(Worker& worker) {
  FakePeer peer(worker.fd);
  Habit first;
  {
    const std::lock_guard lock(mutex_);
    first = on_accept_;
  }
  if (first) first(peer);
  serve(peer);
  const std::lock_guard lock(mutex_);
  ::close(worker.fd);
  worker.over = true;  // the last touch of *worker
  --open_;
  changed_.notify_all();
}

inline void FakeAdmin::serve(FakePeer& peer) {
  while (!peer.left()) {
    const std::string head = peer.read_head();
    if (head.empty()) return;
    const Habit habit = begin(head);
    habit(peer);
    end();
  }
}

inline Habit FakeAdmin::begin(const std::string& head) {
  const auto start = head.find(' ') + 1;
  const std::string path = head.substr(start, head.find(' ', start) - start);
  const std::lock_guard lock(mutex_);
  last_head_ = head;
  ++requests_;
  ++requests_by_path_[path];
  most_at_once_ = std::max(most_at_once_, ++at_once_);
  if (over_all_) return over_all_;
  const auto found = habits_.find(path);
  return found == habits_.end() ? habits::say(habits::with_length("404 Not Found", ""))
                                : found->second;
}

}  // namespace mesh::support
