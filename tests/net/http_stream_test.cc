// Answers that are handed on as they arrive, plain and over TLS.
#include "net/http_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/rethrow.h"
#include "support/certificates.h"
#include "support/fake_admin.h"
#include "support/tls_server.h"

namespace mesh::http_stream_test {
namespace {

using support::FakeAdmin;
using support::FakePeer;
using support::mint;
using support::Minted;
using support::TlsServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace habits = support::habits;

// What a listener heard, and how it ended.
struct Heard {
  int status = 0;
  std::vector<std::string> pieces;
  std::string end = "whole";
};

boost::asio::awaitable<void> ask(HttpStream& stream, StreamQuestion question,
                                 StreamListener listener, Heard& heard) {
  const auto failure = co_await stream.get(std::move(question), std::move(listener));
  if (failure) heard.end = std::string(to_string(failure->reason)) + ": " + failure->message;
}

Heard listen(StreamQuestion question, std::size_t pieces = 1000,
             std::chrono::milliseconds within = std::chrono::seconds(20)) {
  boost::asio::io_context io{1};
  HttpStream stream(io.get_executor());
  Heard heard;
  StreamListener listener;
  listener.head = [&](int status) { heard.status = status; };
  listener.piece = [&](std::string_view piece) {
    heard.pieces.emplace_back(piece);
    return heard.pieces.size() < pieces;
  };
  question.deadline = Instant::clock::now() + within;
  boost::asio::co_spawn(io, ask(stream, std::move(question), std::move(listener), heard), rethrow);
  io.run();
  return heard;
}

StreamQuestion to(const Address& address) { return {address, "/pods?watch=1", "", {}, {}}; }

const std::string chunked = habits::head("200 OK", "Transfer-Encoding: chunked\r\n");

TEST(HttpStream, hands_on_each_piece_before_the_next_has_come) {
  FakeAdmin server;
  // Without the client's goodbye the second piece would never come.
  server.on_everything([](FakePeer& peer) {
    peer.send(chunked + habits::chunk("one"));
    peer.wait_until_client_leaves();
  });
  const Heard heard = listen(to(server.address()), 1);
  EXPECT_EQ(heard.status, 200);
  EXPECT_THAT(heard.pieces, ElementsAre("one"));
  EXPECT_EQ(heard.end, "whole") << "the listener ended it";
}

TEST(HttpStream, knows_the_end_of_an_answer) {
  FakeAdmin server;
  server.on_everything(habits::chunked_page("one"));
  const Heard heard = listen(to(server.address()));
  EXPECT_THAT(heard.pieces, ElementsAre("one"));
  EXPECT_EQ(heard.end, "whole");
}

TEST(HttpStream, hands_on_a_body_with_a_length_and_any_status) {
  FakeAdmin server;
  server.on_everything(habits::forbidden());
  const Heard heard = listen(to(server.address()));
  EXPECT_EQ(heard.status, 403);
  EXPECT_THAT(heard.pieces, ElementsAre("Access denied"));
}

TEST(HttpStream, says_that_it_was_cut_within_a_chunk) {
  FakeAdmin server;
  server.on_everything(habits::say_and_close(chunked + "5\r\nab"));
  const Heard heard = listen(to(server.address()));
  EXPECT_THAT(heard.pieces, ElementsAre("ab"));
  EXPECT_EQ(heard.end, "connect: closed in the middle of the answer");
}

TEST(HttpStream, ends_at_its_deadline_whatever_drips) {
  FakeAdmin server;
  server.on_everything(habits::drip(chunked, habits::chunk("x")));
  const Heard heard = listen(to(server.address()), 1'000'000, std::chrono::milliseconds(200));
  EXPECT_EQ(heard.end, "timeout: answer not complete in time");
}

TEST(HttpStream, holds_no_more_of_a_head_than_it_may) {
  FakeAdmin server;
  server.on_everything(habits::flood("HTTP/1.1 200 OK\r\n", "X-More: yes\r\n"));
  EXPECT_THAT(listen(to(server.address())).end, ::testing::StartsWith("too_large: "));
}

TEST(HttpStream, holds_no_more_of_a_chunks_line_than_it_may) {
  FakeAdmin server;
  server.on_everything(habits::flood(chunked + "5;", "extension"));
  EXPECT_THAT(listen(to(server.address())).end, ::testing::StartsWith("parse: "));
}

TEST(HttpStream, takes_nothing_else_for_http) {
  FakeAdmin server;
  server.on_everything(habits::not_http());
  EXPECT_THAT(listen(to(server.address())).end, ::testing::StartsWith("parse: not HTTP"));
}

TEST(HttpStream, shows_what_it_was_given_and_asks_for_json) {
  FakeAdmin server;
  server.on_everything(habits::page("{}"));
  StreamQuestion question = to(server.address());
  question.authorization = "Bearer abc";
  listen(std::move(question));
  EXPECT_THAT(server.last_head(), HasSubstr("GET /pods?watch=1 HTTP/1.1\r\n"));
  EXPECT_THAT(server.last_head(), HasSubstr("\r\nAuthorization: Bearer abc\r\n"));
  EXPECT_THAT(server.last_head(), HasSubstr("\r\nAccept: application/json\r\n"));
}

TEST(HttpStream, puts_no_line_of_anybody_else_into_its_question) {
  FakeAdmin server;
  StreamQuestion question = to(server.address());
  question.authorization = "Bearer abc\r\nX-More: yes";
  EXPECT_EQ(listen(std::move(question)).end,
            "parse: question with a byte that has no place in HTTP");
  EXPECT_EQ(server.requests(), 0);
}

struct Authority {
  Minted root = mint({.common_name = "root", .ca = true});
  Minted leaf = mint({.common_name = "api", .alt_names = "DNS:api.test,IP:127.0.0.1"}, &root);
};

Heard listen_over_tls(const TlsServer& server, TlsIdentity identity) {
  StreamQuestion question = to(server.address());
  question.tls = std::move(identity);
  return listen(std::move(question));
}

TEST(HttpStream, speaks_tls_with_who_has_a_certificate_of_its_roots_for_the_address) {
  const Authority ca;
  TlsServer server(ca.leaf);
  const Heard heard = listen_over_tls(server, {"127.0.0.1", ca.root.pem, "", ""});
  EXPECT_EQ(heard.end, "connect: closed in the middle of the answer") << "the server has no page";
  EXPECT_TRUE(server.served().completed);
}

TEST(HttpStream, speaks_tls_with_a_name_and_asks_for_it) {
  const Authority ca;
  TlsServer server(ca.leaf);
  listen_over_tls(server, {"api.test", ca.root.pem, "", ""});
  EXPECT_TRUE(server.served().completed);
  EXPECT_EQ(server.served().sni, "api.test");
}

TEST(HttpStream, asks_nothing_of_a_server_of_other_roots) {
  const Authority ca, other;
  TlsServer server(ca.leaf);
  const Heard heard = listen_over_tls(server, {"127.0.0.1", other.root.pem, "", ""});
  EXPECT_THAT(heard.end, HasSubstr("tls: the server's certificate is not accepted: "));
  EXPECT_FALSE(server.served().completed);
}

TEST(HttpStream, asks_nothing_of_a_server_of_another_name) {
  const Authority ca;
  TlsServer server(ca.leaf);
  const Heard heard = listen_over_tls(server, {"other.test", ca.root.pem, "", ""});
  EXPECT_THAT(heard.end, HasSubstr("tls: "));
  EXPECT_FALSE(server.served().completed);
}

TEST(HttpStream, believes_whoever_answers_where_it_is_told_to) {
  const Authority ca;
  TlsServer server(ca.leaf);
  server.answer(habits::with_length("200 OK", "page"));
  StreamQuestion question = to(server.address());
  question.tls = TlsIdentity{"other.test", "", "", "", false};
  question.accept = "text/plain";
  const Heard heard = listen(std::move(question));
  EXPECT_EQ(heard.end, "whole");
  EXPECT_THAT(heard.pieces, ElementsAre("page"));
  EXPECT_THAT(server.served().head, HasSubstr("\r\nAccept: text/plain\r\n"));
}

TEST(HttpStream, shows_its_certificate_to_who_asks_for_one) {
  const Authority ca;
  const Minted client = mint({.common_name = "agent"}, &ca.root);
  TlsServer server(ca.leaf, {}, [](SSL_CTX* context) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  });
  listen_over_tls(server, {"127.0.0.1", ca.root.pem, client.pem, client.key_pem});
  EXPECT_EQ(server.served().client, "/CN=agent");
}

TEST(HttpStream, says_which_of_its_own_it_cannot_use) {
  const Authority ca;
  TlsServer server(ca.leaf);
  const auto end = [&](TlsIdentity identity) {
    return listen_over_tls(server, std::move(identity)).end;
  };
  EXPECT_THAT(end({"127.0.0.1", "no PEM", "", ""}), HasSubstr("tls: cannot use the roots: "));
  EXPECT_THAT(end({"127.0.0.1", ca.root.pem, "no PEM", ""}),
              HasSubstr("tls: cannot use the client certificate: "));
  EXPECT_THAT(end({"127.0.0.1", ca.root.pem, ca.leaf.pem, "no PEM"}),
              HasSubstr("tls: cannot use the client key: "));
}

}  // namespace
}  // namespace mesh::http_stream_test
