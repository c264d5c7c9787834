// Connecting by name, with a lookup that the test decides: the program's own getaddrinfo stands in
// front of the system's.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <future>
#include <map>
#include <string>
#include <vector>

#include "net/asking.h"
#include "support/fake_admin.h"

namespace {

// Names that only exist here. A lookup of "stuck.test" waits for the test.
const std::map<std::string, std::vector<const char*>> names{
    {"one.test", {"127.0.0.1"}},
    {"refused-first.test", {"127.0.0.3", "127.0.0.1"}},
    {"silent-first.test", {"127.0.0.2", "127.0.0.1"}},
    {"silent.test", {"127.0.0.2"}},
    {"stuck.test", {"127.0.0.1"}},
};

std::promise<void> unstick;

}  // namespace

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** out) {
  using Lookup = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto system = reinterpret_cast<Lookup>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  const std::string name = node == nullptr ? "" : node;
  if (name == "unknown.test") return EAI_NONAME;
  if (name == "stuck.test") unstick.get_future().wait();
  const auto known = names.find(name);
  if (known == names.end()) return system(node, service, hints, out);
  addrinfo** next = out;
  for (const char* address : known->second) {
    if (const int error = system(address, service, hints, next); error != 0) return error;
    next = &(*next)->ai_next;
  }
  return 0;
}

namespace mesh::dial_test {
namespace {

using namespace std::chrono_literals;
using support::Asking;
using support::FakeAdmin;
namespace habits = support::habits;

constexpr std::size_t max_bytes = 1024;

Address named(const std::string& name, const FakeAdmin& admin) {
  return Address{name, admin.address().port, ""};
}

// Listens at 127.0.0.2 with a queue that is full, so that the kernel drops who knocks.
class SilentHost {
 public:
  explicit SilentHost(std::uint16_t port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    ::inet_pton(AF_INET, "127.0.0.2", &at.sin_addr);
    const auto* address = reinterpret_cast<const sockaddr*>(&at);
    const int listener = add();
    EXPECT_EQ(::bind(listener, address, sizeof at), 0);
    EXPECT_EQ(::listen(listener, 0), 0);
    for (int i = 0; i < 4; ++i) ::connect(add(), address, sizeof at);
  }
  ~SilentHost() {
    for (const int fd : sockets_) ::close(fd);
  }
  SilentHost(const SilentHost&) = delete;
  SilentHost& operator=(const SilentHost&) = delete;

 private:
  int add() {
    return sockets_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  }

  std::vector<int> sockets_;
};

TEST(Dial, finds_a_host_by_name_and_tells_it_so) {
  FakeAdmin admin;
  admin.on("/", habits::page("a: 1\n"));
  EXPECT_EQ(Asking(named("one.test", admin)).say(), "200 a: 1\n");
  EXPECT_THAT(admin.last_head(), ::testing::HasSubstr("\r\nHost: one.test:"));
}

TEST(Dial, finds_localhost) {
  FakeAdmin admin;
  admin.on("/", habits::page("a: 1\n"));
  EXPECT_EQ(Asking(named("localhost", admin)).say(), "200 a: 1\n");
}

TEST(Dial, says_that_a_name_is_unknown) {
  FakeAdmin admin;
  EXPECT_EQ(Asking(named("unknown.test", admin)).say(),
            "connect: name lookup: host not found (authoritative)");
}

TEST(Dial, goes_on_to_the_next_address_when_one_refuses) {
  FakeAdmin admin;
  admin.on("/", habits::page("a: 1\n"));
  EXPECT_EQ(Asking(named("refused-first.test", admin)).say(), "200 a: 1\n");
}

TEST(Dial, goes_on_to_the_next_address_when_one_is_silent) {
  FakeAdmin admin;
  const SilentHost silent(admin.address().port);
  admin.on("/", habits::page("a: 1\n"));
  EXPECT_EQ(Asking(named("silent-first.test", admin)).say("/", max_bytes, 1s), "200 a: 1\n");
}

TEST(Dial, gives_up_on_silence_at_the_deadline) {
  FakeAdmin admin;
  const SilentHost silent(admin.address().port);
  EXPECT_EQ(Asking(named("silent.test", admin)).say("/", max_bytes, 50ms),
            "timeout: no connection in time");
}

// The answer has to be there while the lookup is still stuck, which ends only after it.
TEST(Dial, does_not_wait_for_a_lookup_beyond_the_deadline) {
  unstick = {};
  FakeAdmin admin;
  boost::asio::io_context io;
  HttpClient client(io.get_executor(), named("stuck.test", admin));
  std::string said;
  const auto ask = [&]() -> boost::asio::awaitable<void> {
    const Answer answer = co_await client.get("/", max_bytes, Instant::clock::now() + 50ms);
    said = answer ? "answered" : answer.error().message;
    unstick.set_value();
  };
  boost::asio::co_spawn(io, ask(), boost::asio::detached);
  io.run();
  EXPECT_EQ(said, "name lookup took too long");
  EXPECT_EQ(admin.connections(), 0);
}

}  // namespace
}  // namespace mesh::dial_test
