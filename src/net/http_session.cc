// The conversation of one connection. Every wait for the client stands under the watchdog, which
// closes the socket; the wait then ends with an error and so does the conversation.
#include "net/http_session.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "base/log.h"
#include "net/http_reply.h"

namespace mesh {
namespace {

namespace asio = boost::asio;

// A socket closed with unread bytes resets the connection, and the reset can overtake the answer
// that says why. So before closing we read on for a moment, up to this much.
constexpr std::size_t hang_up_bytes = 256 * 1024;
constexpr std::chrono::seconds hang_up_time{1};

// For as long as it is written.
class MayBeCutOff {
 public:
  MayBeCutOff(AnswerInHand* held, std::function<void()> how) : held_(held) {
    if (held_) held_->may_be_cut_off(std::move(how));
  }
  ~MayBeCutOff() {
    if (held_) held_->may_be_cut_off(nullptr);
  }
  MayBeCutOff(const MayBeCutOff&) = delete;
  MayBeCutOff& operator=(const MayBeCutOff&) = delete;

 private:
  AnswerInHand* const held_;
};

// Gives the memory of a large body back to the system bit by bit, as it is taken: a string itself
// keeps all of it to the end. What is given back reads as zeros.
class TakenPages {
 public:
  explicit TakenPages(std::string& body) : begin_(reinterpret_cast<std::uintptr_t>(body.data())) {
    begin_ = (begin_ + page_ - 1) / page_ * page_;
    taken_ = reinterpret_cast<std::uintptr_t>(body.data());
  }

  void give_back(std::size_t more) {
    constexpr std::size_t worth_while = 256 * 1024;
    taken_ += more;
    if (taken_ < begin_ + worth_while) return;
    const std::uintptr_t end = taken_ / page_ * page_;
    // Whether it succeeds is of no importance.
    ::madvise(reinterpret_cast<void*>(begin_), end - begin_, MADV_DONTNEED);
    begin_ = end;
  }

 private:
  const std::size_t page_ = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::uintptr_t begin_;  // the first page that is still there
  std::uintptr_t taken_;  // up to here
};

}  // namespace

HttpSession::HttpSession(StreamSocket socket, std::shared_ptr<const ServerTls> tls,
                         const WebHandler& handler, const WebBounds& bounds)
    : stream_(std::move(socket), std::move(tls)),
      handler_(handler),
      bounds_(bounds),
      watchdog_(stream_.executor()),
      since_(Instant::clock::now()) {}

// The time to ask begins with the connection: a handshake is part of the first question.
asio::awaitable<bool> HttpSession::open() {
  close_at(since_ + bounds_.idle);
  const WebStream::Opening opening = co_await stream_.open();
  if (opening == WebStream::Opening::open) co_return true;
  if (opening == WebStream::Opening::plain_http) {
    WebReply reply = plain_reply(400, "plain HTTP was sent to a port that speaks HTTPS");
    const std::string head = reply_head(reply, false, std::chrono::system_clock::now());
    co_await write(reply, head, true);
  }
  co_await hang_up();
  co_return false;
}

asio::awaitable<void> HttpSession::run() {
  bool more = co_await open();
  while (more) {
    HttpQuestion question;
    const bool asked = co_await read(question);
    if (!asked) break;
    const bool keep_alive = question.keep_alive;
    const bool head_only = question.web.method == "HEAD";
    WebReply reply = co_await answer(std::move(question));
    more = keep_alive && !finishing_;
    const std::string head = reply_head(reply, more, std::chrono::system_clock::now());
    const bool has_body = !head_only && may_have_body(reply.status);
    const bool sent = co_await write(reply, head, has_body);
    answered_ = true;
    if (!sent || finishing_) break;  // finish() may have come while the answer was under way
    if (!more) co_await hang_up();
  }
  close();
}

void HttpSession::finish() {
  finishing_ = true;
  if (idle_) close();
}

void HttpSession::retire() {
  finishing_ = true;
  if (answered_ && idle_) close();
}

void HttpSession::close() {
  watchdog_.disarm();
  stream_.close();
}

void HttpSession::close_at(Instant when) {
  watchdog_.arm(when, [this] { close(); });
}

void HttpSession::become(bool idle) {
  idle_ = idle;
  since_ = Instant::clock::now();
}

// One deadline for the whole request: a client that sends a byte now and then is cut off as well.
asio::awaitable<bool> HttpSession::read(HttpQuestion& question) {
  if (!idle_) become(true);
  close_at(since_ + bounds_.idle);
  while (!reader_.next(question)) {
    const std::span<char> room = reader_.room();
    const std::size_t bytes = co_await stream_.read_some(room);
    if (bytes == 0) co_return false;
    reader_.arrived(bytes);
  }
  become(false);
  watchdog_.disarm();
  co_return stream_.is_open();
}

asio::awaitable<WebReply> HttpSession::answer(HttpQuestion question) {
  if (question.refusal != 0) co_return plain_reply(question.refusal);
  const std::string path = question.web.path;
  question.web.presence = [this] { return stream_.presence(); };
  std::string trouble = "not a std::exception";
  try {
    WebReply reply = co_await handler_(std::move(question.web));
    co_return reply;
  } catch (const std::exception& e) {
    trouble = e.what();
  } catch (...) {
  }
  log(LogLevel::error, "a page could not be made", {{"path", path}, {"error", trouble}});
  co_return plain_reply(500);
}

// Two deadlines: for the next piece, and for all of them. Where others need the room, it may be cut
// off before. What was taken of the body is gone from it afterwards.
asio::awaitable<bool> HttpSession::write(WebReply& reply, std::string_view head, bool has_body) {
  const Instant deadline = Instant::clock::now() + bounds_.answer;
  const MayBeCutOff slow(reply.held.get(), [this] { close(); });
  std::string_view body = has_body ? std::string_view(reply.body) : std::string_view();
  TakenPages taken(reply.body);
  while (!head.empty() || !body.empty()) {
    close_at(std::min(Instant::clock::now() + bounds_.stall, deadline));
    const std::size_t bytes = co_await stream_.write_some(head, body);
    if (bytes == 0) co_return false;
    const std::size_t of_head = std::min(bytes, head.size());
    head.remove_prefix(of_head);
    body.remove_prefix(bytes - of_head);
    taken.give_back(bytes - of_head);
    if (reply.held) reply.held->taken(bytes - of_head);
  }
  watchdog_.disarm();
  co_return true;
}

asio::awaitable<void> HttpSession::hang_up() {
  std::array<char, 4096> bytes_to_ignore;
  const std::span<char> room = bytes_to_ignore;
  stream_.end_writing();
  become(true);
  close_at(since_ + hang_up_time);
  std::size_t total = 0, bytes = 1;
  while (bytes > 0 && total < hang_up_bytes) {
    bytes = co_await stream_.read_some(room);
    total += bytes;
  }
}

}  // namespace mesh
