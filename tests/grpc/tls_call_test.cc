// Calls to real gRPC servers under TLS: who is trusted, who is let in, and what a refusal is
// called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "grpc/calling.h"
#include "grpc/pem_files.h"
#include "grpc/serving.h"
#include "support/certificates.h"

namespace mesh::tls_call_test {
namespace {

using support::Calling;
using support::mint;
using support::Minted;
using support::Served;
using support::Serving;
using support::ServingCall;
using support::ServingTls;

Served authority(const ServingCall& call) { return {0, "", call.authority, false}; }

class GrpcTlsCall : public ::testing::Test {
 protected:
  GrpcTlsCall() {
    std::string name = ::testing::TempDir() + "grpc_tls_call_XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~GrpcTlsCall() override { std::filesystem::remove_all(directory_); }

  std::string file(const std::string& name, const std::string& text) {
    const std::string path = directory_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  GrpcServer to(const Serving& serving) {
    GrpcTls tls;
    tls.ca_file = file("root.pem", root_.pem);
    return {serving.address(), tls, ""};
  }

  Minted leaf(const std::string& names, const char* not_after = "20991231235959Z") {
    return mint({.common_name = "leaf", .alt_names = names, .not_after = not_after}, &root_);
  }

  const Minted root_ = mint({.common_name = "root", .ca = true});
  const Minted users_ = leaf("DNS:users.shop,IP:127.0.0.1");

 private:
  std::string directory_;
};

TEST_F(GrpcTlsCall, trusts_the_authority_it_was_told) {
  const ServingTls tls{users_};
  const Serving serving(authority, &tls);
  const GrpcServer server = to(serving);
  EXPECT_EQ(Calling(server).say(), "OK " + to_string(serving.address()));
}

TEST_F(GrpcTlsCall, trusts_no_other) {
  const ServingTls tls{users_};
  const Serving serving(authority, &tls);
  GrpcServer server = to(serving);
  server.tls->ca_file = file("other.pem", mint({.common_name = "other", .ca = true}).pem);
  EXPECT_EQ(Calling(server).say(),
            "tls: the certificate is not trusted: the issuer of \"CN=leaf\", \"CN=root\", is "
            "neither shown nor trusted");
  server.tls->ca_file = "";  // the system's
  EXPECT_EQ(Calling(server).say(),
            "tls: the certificate is not trusted: its issuer, \"CN=root\", is none that this "
            "system trusts");
}

TEST_F(GrpcTlsCall, verifies_the_name_and_asks_for_the_authority) {
  const Minted named = leaf("DNS:users.shop");
  const ServingTls tls{named};
  const Serving serving(authority, &tls);
  GrpcServer server = to(serving);
  const std::string another_name = "tls: the certificate is for another name: ";
  EXPECT_EQ(Calling(server).say(),
            another_name + "\"127.0.0.1\" was asked for, and it is for \"users.shop\"");
  server.tls->server_name = "users.shop";
  EXPECT_EQ(Calling(server).say(), "OK users.shop");
  server.authority = "orders.shop:80";
  EXPECT_EQ(Calling(server).say(), "OK orders.shop:80");
  server.tls->server_name = "orders.shop";
  EXPECT_EQ(Calling(server).say(),
            another_name + "\"orders.shop\" was asked for, and it is for \"users.shop\"");
}

TEST_F(GrpcTlsCall, tells_the_first_of_many_names_and_escapes_them) {
  const std::string long_name(200, 'n');
  const Minted many = leaf("DNS:a.shop,URI:spiffe://mesh.test/\x1b[31m,DNS:" + long_name +
                           ",DNS:c.shop,IP:10.0.0.1");
  const Minted none = leaf("");
  const ServingTls tls{many}, nameless{none};
  const Serving serving(authority, &tls), without(authority, &nameless);
  const std::string words = Calling(to(serving)).say();
  EXPECT_EQ(words,
            "tls: the certificate is for another name: \"127.0.0.1\" was asked for, and it is for "
            "\"a.shop\", \"spiffe://mesh.test/\\\\x1b[31m\", \"" +
                std::string(80, 'n') + "…\" and 2 more");
  EXPECT_EQ(Calling(to(without)).say(),
            "tls: the certificate is for another name: \"127.0.0.1\" was asked for, and it has no "
            "name");
}

// As workloads of a mesh have them: a URI, and no name at all.
TEST_F(GrpcTlsCall, believes_the_one_identity_that_it_was_told_whatever_the_names) {
  const Minted identity = leaf("URI:spiffe://mesh.test/ns/shop/sa/users");
  const ServingTls tls{identity};
  const Serving serving(authority, &tls);
  GrpcServer server = to(serving);
  EXPECT_EQ(Calling(server).say(),
            "tls: the certificate is for another name: \"127.0.0.1\" was asked for, and it is for "
            "\"spiffe://mesh.test/ns/shop/sa/users\"");
  server.tls->spiffe_id = "spiffe://mesh.test/ns/shop/sa/users";
  EXPECT_EQ(Calling(server).say(), "OK " + to_string(serving.address()));
  const auto another = [](const std::string& asked, const std::string& names) {
    return "tls: the certificate is of another identity: \"" + asked +
           "\" was asked for, and it is for " + names;
  };
  for (const std::string id : {"spiffe://mesh.test/ns/shop/sa/user", "spiffe://mesh.test/ns/shop",
                               "spiffe://mesh.test/ns/shop/sa/users2"}) {
    server.tls->spiffe_id = id;
    EXPECT_EQ(Calling(server).say(), another(id, "\"spiffe://mesh.test/ns/shop/sa/users\""));
  }
  const ServingTls named{users_};
  const Serving no_uri(authority, &named);
  GrpcServer other = to(no_uri);
  other.tls->spiffe_id = "spiffe://mesh.test/ns/shop/sa/users";
  EXPECT_EQ(Calling(other).say(),
            another("spiffe://mesh.test/ns/shop/sa/users", "\"users.shop\", \"127.0.0.1\""))
      << "although its name is right";
}

TEST_F(GrpcTlsCall, believes_an_identity_by_its_authority_only) {
  const Minted stranger = mint({.common_name = "other", .ca = true});
  const Minted forged =
      mint({.common_name = "leaf", .alt_names = "URI:spiffe://mesh.test/users"}, &stranger);
  const ServingTls tls{forged};
  const Serving serving(authority, &tls);
  GrpcServer server = to(serving);
  server.tls->spiffe_id = "spiffe://mesh.test/users";
  EXPECT_EQ(Calling(server).say(),
            "tls: the certificate is not trusted: the issuer of \"CN=leaf\", \"CN=other\", is "
            "neither shown nor trusted");
}

TEST_F(GrpcTlsCall, says_that_a_certificate_is_its_own_issuer) {
  const Minted own = mint({.common_name = "leaf", .alt_names = "IP:127.0.0.1"});
  const ServingTls tls{own};
  const Serving serving(authority, &tls);
  EXPECT_EQ(Calling(to(serving)).say(),
            "tls: the certificate is not trusted: \"CN=leaf\" is its own issuer, and no authority "
            "of ours");
}

TEST_F(GrpcTlsCall, says_what_has_expired_or_is_not_valid_yet) {
  for (const auto& [not_before, not_after, why] :
       {std::array{"20200101000000Z", "20210101000000Z", "has expired"},
        std::array{"20980101000000Z", "20990101000000Z", "is not valid yet"}}) {
    const Minted bad = mint({.common_name = "leaf",
                             .alt_names = "IP:127.0.0.1",
                             .not_before = not_before,
                             .not_after = not_after},
                            &root_);
    const ServingTls tls{bad};
    const Serving serving(authority, &tls);
    GrpcServer server = to(serving);
    const std::string untrusted = "tls: the certificate is not trusted: ";
    EXPECT_EQ(Calling(server).say(), untrusted + "\"CN=leaf\" " + why);
    server.tls->ca_file = "";  // the system's
    EXPECT_EQ(Calling(server).say(), untrusted + "\"CN=leaf\" " + why);
  }
}

TEST_F(GrpcTlsCall, shows_a_certificate_of_its_own) {
  const ServingTls tls{users_, &root_};
  const Serving serving(authority, &tls);
  GrpcServer server = to(serving);
  server.authority = "users.shop";
  const Minted agent = leaf("DNS:agent");
  server.tls->client_certificate_file = file("agent.pem", agent.pem);
  server.tls->client_key_file = file("agent.key", agent.key_pem);
  EXPECT_EQ(Calling(server).say(), "OK users.shop");
  server = to(serving);
  const std::string closed = "tls: the connection was closed; the server ";
  EXPECT_EQ(Calling(server).say(), closed + "asks for a client certificate, and there is none");
  const Minted stranger = mint({.common_name = "agent"});
  server.tls->client_certificate_file = file("agent.pem", stranger.pem);
  server.tls->client_key_file = file("agent.key", stranger.key_pem);
  EXPECT_EQ(Calling(server).say(),
            closed + "asks for a client certificate, and may not trust ours");
}

TEST_F(GrpcTlsCall, uses_a_renewed_file_for_the_next_connection) {
  const ServingTls tls{users_, &root_};
  auto serving = std::make_unique<Serving>(authority, &tls);
  const Minted first = leaf("DNS:agent"), second = leaf("DNS:agent");
  GrpcServer server = to(*serving);
  server.authority = "users.shop";
  server.tls->client_certificate_file = file("agent.pem", first.pem);
  server.tls->client_key_file = file("agent.key", first.key_pem);
  Calling calling(server);
  EXPECT_EQ(calling.say(), "OK users.shop");
  const int port = serving->address().port;
  const Minted other_root = mint({.common_name = "root", .ca = true});
  const ServingTls anew{users_, &other_root};
  serving = nullptr;
  serving = std::make_unique<Serving>(authority, &anew, port);
  EXPECT_THAT(calling.say(), ::testing::HasSubstr("may not trust ours"));
  const Minted third = mint({.common_name = "agent"}, &other_root);
  file("agent.pem", third.pem);
  file("agent.key", third.key_pem);
  EXPECT_EQ(calling.say(), "OK users.shop");
}

TEST_F(GrpcTlsCall, names_the_file_that_it_cannot_use) {
  const Serving serving(authority);
  GrpcServer server = to(serving);
  server.tls->ca_file = "/no/such/file.pem";
  EXPECT_EQ(Calling(server).say(),
            "not_asked: cannot use /no/such/file.pem: No such file or directory");
  server.tls->ca_file = file("root.pem", "no certificate");
  EXPECT_EQ(Calling(server).say(),
            "not_asked: cannot use " + server.tls->ca_file + ": there is no certificate in it");
}

TEST_F(GrpcTlsCall, names_a_key_that_it_cannot_use) {
  const Serving serving(authority);
  GrpcServer server = to(serving);
  const Minted agent = leaf("DNS:agent");
  server.tls->client_certificate_file = file("agent.pem", agent.pem);
  server.tls->client_key_file = file("agent.key", users_.key_pem);
  EXPECT_EQ(Calling(server).say(), "not_asked: cannot use " + server.tls->client_key_file +
                                       ": it is not the key of the certificate in " +
                                       server.tls->client_certificate_file);
  file("agent.key", "");
  EXPECT_EQ(Calling(server).say(),
            "not_asked: cannot use " + server.tls->client_key_file + ": it is empty");
  const auto fault = fault_in_files(*server.tls);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->key, "client_key");
  EXPECT_EQ(fault->file, server.tls->client_key_file);
  file("agent.key", agent.key_pem);
  EXPECT_FALSE(fault_in_files(*server.tls));
}

TEST_F(GrpcTlsCall, goes_over_a_unix_socket_where_a_name_is_what_it_was_told) {
  const ServingTls tls{users_};
  const std::string socket = file("users.sock", "") + "et";
  const Serving serving(authority, socket, &tls);
  GrpcServer server = to(serving);
  EXPECT_EQ(Calling(server).say(),
            "tls: the certificate is for another name: \"localhost\" was asked for, and it is for "
            "\"users.shop\", \"127.0.0.1\"");
  server.tls->server_name = "users.shop";
  EXPECT_EQ(Calling(server).say(), "OK users.shop");
}

TEST_F(GrpcTlsCall, says_that_there_is_no_tls) {
  const Serving serving(authority);
  EXPECT_EQ(Calling(to(serving)).say(), "tls: the server does not speak TLS");
}

}  // namespace
}  // namespace mesh::tls_call_test
