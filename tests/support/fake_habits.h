// The ways in which an admin port can disappoint, each as what it does on the raw socket once a
// request has been read. Pages (below, PageHabit) are what a well-behaved one answers.
#pragma once

#include <cstdio>
#include <functional>
#include <string>
#include <utility>

#include "support/fake_peer.h"

namespace mesh::support {

// Answers one request, or does something else instead.
using Habit = std::function<void(FakePeer&)>;

namespace habits {

// `fields` are whole header lines.
inline std::string head(const std::string& status, const std::string& fields = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\n" + fields + "\r\n";
}

inline std::string with_length(const std::string& status, const std::string& body) {
  return head(status, "Content-Length: " + std::to_string(body.size()) + "\r\n") + body;
}

inline std::string chunk(const std::string& bytes) {
  char size[24];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + bytes + "\r\n";
}

// Says just this, and keeps the connection open.
inline Habit say(std::string bytes) {
  return [bytes = std::move(bytes)](FakePeer& peer) { peer.send(bytes); };
}

inline Habit say_and_close(std::string bytes) {
  return [bytes = std::move(bytes)](FakePeer& peer) {
    peer.send(bytes);
    peer.leave();
  };
}

inline Habit say_and_reset(std::string bytes) {
  return [bytes = std::move(bytes)](FakePeer& peer) {
    peer.send(bytes);
    peer.reset();
  };
}

// A few bytes more every millisecond, for ever.
inline Habit drip(std::string first, std::string more) {
  return [first = std::move(first), more = std::move(more)](FakePeer& peer) {
    bool there = peer.send(first);
    while (there) there = peer.send(more) && peer.still_there_after(1);
    peer.leave();
  };
}

// As much as the client takes, for ever.
inline Habit flood(std::string first, std::string more) {
  return [first = std::move(first), more = std::move(more)](FakePeer& peer) {
    bool there = peer.send(first);
    while (there) there = peer.send(more);
    peer.leave();
  };
}

inline Habit page(const std::string& body) { return say(with_length("200 OK", body)); }
inline Habit chunked_page(const std::string& body) {
  return say(head("200 OK", "Transfer-Encoding: chunked\r\n") + chunk(body) + chunk(""));
}

inline void never_answer(FakePeer& peer) { peer.wait_until_client_leaves(); }
inline void close_unanswered(FakePeer& peer) { peer.leave(); }
inline void reset_unanswered(FakePeer& peer) { peer.reset(); }
inline void half_close_unanswered(FakePeer& peer) {
  peer.half_close();
  peer.wait_until_client_leaves();
}

inline Habit forbidden() { return say(with_length("403 Forbidden", "Access denied")); }
inline Habit unavailable() { return say(with_length("503 Service Unavailable", "overloaded")); }
inline Habit not_http() { return say("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"); }
inline Habit garbage() {
  return page(
      "\x7f"
      "ELF\x02\x01 {]}: : 0x:-\xff\xfe\n");
}
inline Habit nul_bytes() {
  using std::string_literals::operator""s;
  return page("a: 1\nb\0c: 2\n\0\0\0: 3\nd: 4\n"s);
}
inline Habit one_long_line() { return page(std::string(1024 * 1024, 'x')); }
inline Habit close_in_header() { return say_and_close("HTTP/1.1 200 OK\r\nContent-Ty"); }
inline Habit close_in_body() {
  return say_and_close(head("200 OK", "Content-Length: 1000\r\n") + "a: 1\nb: 2\n");
}
inline Habit cut_chunk() {
  return say_and_close(head("200 OK", "Transfer-Encoding: chunked\r\n") + "20\r\na: 1\nb: 2\n");
}
inline Habit reset_in_body() {
  return say_and_reset(head("200 OK", "Content-Length: 9\r\n") + "a");
}
inline Habit announce_a_terabyte() {
  return say(head("200 OK", "Content-Length: 1000000000000\r\n"));
}
inline Habit endless_header() { return flood("HTTP/1.1 200 OK\r\n", "X-More: of the same\r\n"); }
inline Habit endless_drip() {
  return drip(head("200 OK", "Transfer-Encoding: chunked\r\n"), chunk("a"));
}
inline Habit endless_chunks() {
  return flood(head("200 OK", "Transfer-Encoding: chunked\r\n"), chunk(std::string(65536, 'x')));
}
inline Habit page_then_close(const std::string& body) {
  return say_and_close(with_length("200 OK", body));
}

}  // namespace habits
}  // namespace mesh::support
