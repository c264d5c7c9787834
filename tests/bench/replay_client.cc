// The least that the same questions cost: asks what is listed on stdin and throws the answers away.
// No deadlines, no parsing but for the end of an answer, one connection to each address that is
// kept. node_cost.py takes its processor time as that of the transport.
//
//   replay_client PORT < LIST      a line is "SECONDS ADDRESS PATH", in the order of the seconds
//
// Prints answers, bytes of them and the processor's seconds.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace mesh {
namespace {

constexpr std::string_view end_of_answer = "\r\n0\r\n\r\n";

struct Question {
  double at;
  std::string address, path;
};

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

[[noreturn]] void fail(const std::string& what) {
  std::perror(what.c_str());
  std::exit(1);
}

int connect_to(const std::string& address, std::uint16_t port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool valid = inet_pton(AF_INET, address.c_str(), &to.sin_addr) == 1;
  if (socket < 0 || !valid || connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    fail(address);
  }
  return socket;
}

// Bytes of the answer.
std::size_t ask(int socket, const Question& question, std::vector<char>& buffer) {
  const std::string text =
      "GET " + question.path + " HTTP/1.1\r\nhost: " + question.address + "\r\n\r\n";
  if (send(socket, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
    fail(question.path);
  }
  std::size_t bytes = 0;
  std::string tail;  // the last letters, which may come in pieces
  while (!tail.ends_with(end_of_answer)) {
    const ssize_t got = recv(socket, buffer.data(), buffer.size(), 0);
    if (got <= 0) fail(question.path);
    const auto count = static_cast<std::size_t>(got);
    bytes += count;
    const std::size_t kept = std::min(count, end_of_answer.size());
    tail.append(buffer.data() + count - kept, kept);
    if (tail.size() > end_of_answer.size()) tail.erase(0, tail.size() - end_of_answer.size());
  }
  return bytes;
}

void replay(std::uint16_t port) {
  std::vector<Question> questions;
  for (Question one; std::cin >> one.at >> one.address >> one.path;) questions.push_back(one);
  std::map<std::string, int> sockets;
  std::vector<char> buffer(64 * 1024);
  std::size_t bytes = 0;
  const double before = processor_seconds();
  const auto began = std::chrono::steady_clock::now();
  for (const Question& one : questions) {
    std::this_thread::sleep_until(began + std::chrono::duration_cast<std::chrono::nanoseconds>(
                                              std::chrono::duration<double>(one.at)));
    const auto [it, fresh] = sockets.try_emplace(one.address, -1);
    if (fresh) it->second = connect_to(one.address, port);
    bytes += ask(it->second, one, buffer);
  }
  std::printf("%zu %zu %.6f\n", questions.size(), bytes, processor_seconds() - before);
}

}  // namespace
}  // namespace mesh

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: replay_client PORT < LIST\n");
    return 2;
  }
  mesh::replay(static_cast<std::uint16_t>(std::atoi(argv[1])));
}
