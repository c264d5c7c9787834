// Calls in plain text to servers that speak TLS: all that such a server does is to close, or to
// answer as the web server that it is.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "grpc/calling.h"
#include "grpc/serving.h"
#include "support/certificates.h"
#include "support/fake_admin.h"

namespace mesh::plain_text_test {
namespace {

using support::Calling;
using support::mint;
using support::Minted;
using support::Served;
using support::Serving;
using support::ServingCall;
using support::ServingTls;

Served authority(const ServingCall& call) { return {0, "", call.authority, false}; }

// In plain text it answers as web servers do, in TLS by an alert.
void want_tls(support::FakePeer& peer) {
  if (peer.read(1) == "P") {
    peer.send("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
  } else {
    peer.send(std::string_view("\x15\x03\x03\x00\x02\x02\x28", 7));
  }
  peer.wait_until_client_leaves();
}

TEST(GrpcPlainText, says_that_it_meets_tls) {
  const std::string why = "; it speaks TLS, and was asked in plain text";
  const Minted root = mint({.common_name = "root", .ca = true});
  const Minted users = mint({.common_name = "users"}, &root);
  const ServingTls tls{users}, mutual{users, &root};
  const Serving serving(authority, &tls), insisting(authority, &mutual);
  const std::string closed = "tls: the connection was closed";
  EXPECT_EQ(Calling(serving.address()).say(), closed + why);
  EXPECT_EQ(Calling(insisting.address()).say(), closed + why);
  support::FakeAdmin web;
  web.on_accept(want_tls);
  EXPECT_EQ(Calling(web.address()).say(), "tls: the server speaks HTTP/1 and no HTTP/2" + why);
}

}  // namespace
}  // namespace mesh::plain_text_test
