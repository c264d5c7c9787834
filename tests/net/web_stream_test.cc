// WebStream: whether the client is still there, over each kind of socket, as the system tells it.
#include "net/web_stream.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <utility>

namespace mesh::web_stream_test {
namespace {

using boost::asio::ip::tcp;

TEST(WebStreamPresence, over_a_unix_socket_tells_who_has_shut_his_side_from_who_has_left) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  boost::asio::io_context io;
  WebStream stream(StreamSocket(io, boost::asio::generic::stream_protocol(AF_UNIX, 0), ends[0]),
                   nullptr);
  EXPECT_EQ(stream.presence(), Presence::here);
  ::shutdown(ends[1], SHUT_WR);
  EXPECT_EQ(stream.presence(), Presence::shut);
  ::close(ends[1]);
  EXPECT_EQ(stream.presence(), Presence::gone);
}

TEST(WebStreamPresence, over_tcp_shows_with_a_reset_who_has_left) {
  boost::asio::io_context io;
  tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), 0});
  tcp::socket client(io);
  client.connect(acceptor.local_endpoint());
  WebStream stream(StreamSocket(acceptor.accept()), nullptr);
  EXPECT_EQ(stream.presence(), Presence::here);
  client.shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(stream.presence(), Presence::shut);
  client.set_option(tcp::socket::linger(true, 0));  // to close is to reset
  client.close();
  EXPECT_EQ(stream.presence(), Presence::gone);
  stream.close();
  EXPECT_EQ(stream.presence(), Presence::gone);
}

}  // namespace
}  // namespace mesh::web_stream_test
