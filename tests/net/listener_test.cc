// Where our server can listen besides TCP: Unix sockets, and sockets of a service manager's.
#include "net/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "net/raw_client.h"
#include "net/serving.h"

namespace mesh::listener_test {
namespace {

using support::RawClient;
using support::Serving;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class UnixSocket : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(directory); }
  void TearDown() override { std::filesystem::remove_all(directory); }

  std::string error_of(const std::string& at) {
    boost::asio::io_context io;
    const auto listener = Listener::open(io.get_executor(), {"", 0, at});
    return listener ? "none" : listener.error().message;
  }

  const std::string directory =
      ::testing::TempDir() + "listener_test_" + std::to_string(::getpid());
  const std::string path = directory + "/web.sock";
};

std::string answer_at(const std::string& path) {
  RawClient client(path);
  client.send("GET /x HTTP/1.1\r\nHost: here\r\n\r\n");
  return client.read_answer();
}

TEST_F(UnixSocket, is_served_like_any_other) {
  Serving server({}, {"", 0, path});
  EXPECT_EQ(to_string(*server.bound()), "unix:" + path);
  EXPECT_THAT(answer_at(path), EndsWith("GET|/x|||"));
}

TEST_F(UnixSocket, is_for_its_owner_and_group_and_gone_with_the_server) {
  {
    Serving server({}, {"", 0, path});
    struct stat it {};
    ASSERT_EQ(::lstat(path.c_str(), &it), 0);
    EXPECT_EQ(it.st_mode & 07777u, 0660u);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(UnixSocket, replaces_what_nobody_listens_at) {
  const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  path.copy(at.sun_path, sizeof at.sun_path - 1);
  ASSERT_EQ(::bind(left, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  ::close(left);
  Serving server({}, {"", 0, path});
  EXPECT_THAT(answer_at(path), EndsWith("GET|/x|||"));
}

TEST_F(UnixSocket, is_left_to_who_has_it) {
  Serving server({}, {"", 0, path});
  EXPECT_EQ(error_of(path), "unix:" + path + ": address already in use");
  EXPECT_THAT(answer_at(path), EndsWith("GET|/x|||"));
}

TEST_F(UnixSocket, takes_no_file_away_that_is_no_socket) {
  std::ofstream(path) << "precious";
  EXPECT_EQ(error_of(path), "unix:" + path + ": there is something that is no socket");
  EXPECT_EQ(std::filesystem::file_size(path), 8u);
}

TEST_F(UnixSocket, is_not_taken_away_from_who_has_replaced_it) {
  {
    Serving server({}, {"", 0, path});
    std::filesystem::remove(path);
    std::ofstream(path) << "another's";
  }
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(UnixSocket, cannot_be_where_no_path_leads) {
  EXPECT_THAT(error_of(directory + "/none/web.sock"), EndsWith(": no such file or directory"));
  EXPECT_THAT(error_of("/" + std::string(200, 'x')),
              EndsWith(": the path is too long for a socket"));
}

std::string adopted(int descriptor) {
  boost::asio::io_context io;
  const auto listener = Listener::adopt(io.get_executor(), descriptor);
  return listener ? to_string(listener->where()) : listener.error().message;
}

TEST(AdoptedSocket, tells_where_it_listens) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  EXPECT_THAT(adopted(fd), HasSubstr("no TCP or Unix stream socket that listens"));
  ASSERT_EQ(::listen(fd, 1), 0);
  EXPECT_THAT(adopted(fd), ::testing::StartsWith("127.0.0.1:"));
}

TEST(AdoptedSocket, is_no_other_descriptor) {
  EXPECT_THAT(adopted(0), HasSubstr("descriptor 0: "));
  const int datagrams = ::socket(AF_INET, SOCK_DGRAM, 0);
  EXPECT_THAT(adopted(datagrams), HasSubstr("no TCP or Unix stream socket that listens"));
  ::close(datagrams);
}

}  // namespace
}  // namespace mesh::listener_test
