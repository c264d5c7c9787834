// What the kernel says of real connections, and an end to them.
#include "grpc/connections.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <string>

namespace mesh::connections_test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::local::stream_protocol;

// One that we have made, and its other end.
template <class Protocol>
struct Connection {
  explicit Connection(typename Protocol::acceptor& acceptor) : ours(io), theirs(io) {
    ours.connect(acceptor.local_endpoint());
    acceptor.accept(theirs);
  }

  // Whether a byte comes over it.
  bool carries() {
    boost::system::error_code failed;
    asio::write(theirs, asio::buffer("x", 1), failed);
    std::string byte(1, '\0');
    return asio::read(ours, asio::buffer(byte), failed) == 1;
  }

  asio::io_context io;
  typename Protocol::socket ours, theirs;
};

void expect_counted_and_cut_off(const std::string& host, const std::string& name) {
  asio::io_context io;
  const tcp::endpoint any(asio::ip::make_address(host), 0);
  tcp::acceptor acceptor(io, any), another(io, any);
  Connection<tcp> one(acceptor), two(acceptor), other(another);
  const std::string peer = name + ":" + std::to_string(acceptor.local_endpoint().port());
  EXPECT_EQ(received_by_peer()[peer], 0U);
  asio::write(one.theirs, asio::buffer("12345", 5));
  asio::write(two.theirs, asio::buffer("123", 3));
  std::string bytes(5, '\0');
  asio::read(one.ours, asio::buffer(bytes, 5));
  asio::read(two.ours, asio::buffer(bytes, 3));
  EXPECT_EQ(received_by_peer()[peer], 8U);
  cut_off(peer);
  EXPECT_FALSE(one.carries());
  EXPECT_FALSE(two.carries());
  EXPECT_TRUE(other.carries());
}

TEST(Connections, are_counted_and_cut_off_by_their_peer) {
  expect_counted_and_cut_off("127.0.0.1", "ipv4:127.0.0.1");
}

TEST(Connections, have_peers_of_ipv6) { expect_counted_and_cut_off("::1", "ipv6:%5B::1%5D"); }

TEST(Connections, have_peers_of_ipv4_in_sockets_of_ipv6) {
  expect_counted_and_cut_off("::ffff:127.0.0.1", "ipv4:127.0.0.1");
}

TEST(Connections, over_a_unix_socket_are_cut_off) {
  asio::io_context io;
  const std::string path = ::testing::TempDir() + "connections" + std::to_string(getpid());
  stream_protocol::acceptor acceptor(io, path);
  Connection<stream_protocol> one(acceptor);
  EXPECT_TRUE(one.carries());
  cut_off("unix:" + path);
  EXPECT_FALSE(one.carries());
  unlink(path.c_str());
}

}  // namespace
}  // namespace mesh::connections_test
