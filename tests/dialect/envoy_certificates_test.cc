// When /certs is asked, and what comes of it: whole conversations with a scripted Envoy.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect/scripted_envoy.h"

namespace mesh::envoy_certificates_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* certs = R"({"certificates":[{
  "ca_cert":[{"path":"<inline>","serial_number":"0a","valid_from":"2026-01-01T00:00:00Z",
              "expiration_time":"2036-01-01T00:00:00Z"}],
  "cert_chain":[{"path":"<inline>","serial_number":"0b","valid_from":"2026-11-24T00:00:00Z",
                 "expiration_time":"2026-11-25T00:00:00Z",
                 "subject_alt_names":[{"uri":"spiffe://mesh.test/users"}]}]}]})";

class EnvoyCertificatesTest : public EnvoyConversationTest {
 protected:
  EnvoyCertificatesTest() {
    bodies_["/certs"] = certs;
    load(1, 0);
  }

  // So many certificates loaded and failed to load since the start.
  void load(int loads, int failures) {
    bodies_["/stats"] =
        stats(19, 2) +
        "listener.0.0.0.0_8443.server_ssl_socket_factory.ssl_context_update_by_sds: " +
        std::to_string(loads) + "\nsds.leaf.key_rotation_failed: " + std::to_string(failures) +
        "\n";
  }

  bool asked() { return std::ranges::find(asked_, "/certs") != asked_.end(); }

  // Polls until nothing but time leads to the next question.
  void settle() {
    (void)readings();
    ASSERT_TRUE(asked());
    (void)readings();
    ASSERT_FALSE(asked());
  }
};

TEST_F(EnvoyCertificatesTest, what_a_context_holds_is_held_together) {
  const Readings first = readings();
  ASSERT_TRUE(first.certificates);
  ASSERT_EQ(first.certificates->held.size(), 1u);
  const HeldTogether& held = first.certificates->held[0];
  ASSERT_EQ(held.size(), 2u);
  EXPECT_EQ(identity_of(held[0]), "spiffe://mesh.test/users");
  EXPECT_EQ(held[1].role, CertificateRole::root);
  EXPECT_FALSE(first.certificates->prompted);
}

TEST_F(EnvoyCertificatesTest, a_leaf_lies_inline_under_a_secret_of_another_name) {
  EXPECT_EQ(readings().certificates->held[0][0].path, "<inline>");
}

TEST_F(EnvoyCertificatesTest, a_leaf_lies_under_the_secret_that_bears_its_identity_as_spires_do) {
  bodies_["/stats"] +=
      "listener.0.0.0.0_8443.ssl.certificate.spiffe://mesh.test/users."
      "expiration_unix_time_seconds: 1795564800\n";
  const Readings first = readings();
  EXPECT_EQ(first.certificates->held[0][0].path, "spiffe://mesh.test/users");
  EXPECT_EQ(first.certificates->held[0][1].path, "<inline>");
}

TEST_F(EnvoyCertificatesTest, a_minute_passes_between_two_looks) {
  settle();          // 0 and 15 s
  (void)readings();  // 30
  EXPECT_FALSE(asked());
  (void)readings();  // 45
  EXPECT_FALSE(asked());
  (void)readings();  // 60
  EXPECT_TRUE(asked());
}

TEST_F(EnvoyCertificatesTest, a_loaded_certificate_is_looked_at_at_once) {
  settle();
  load(2, 0);
  const Readings prompted = readings();
  ASSERT_TRUE(prompted.certificates);
  EXPECT_TRUE(prompted.certificates->prompted);
  EXPECT_FALSE(readings().certificates);
}

TEST_F(EnvoyCertificatesTest, a_changed_expiry_is_looked_at_where_nothing_is_counted) {
  const std::string gauge =
      "cluster.users.ssl.certificate.leaf.expiration_unix_time_seconds: 180000000";
  bodies_["/stats"] = stats(19, 2) + gauge + "0\n";
  settle();
  bodies_["/stats"] = stats(19, 2) + gauge + "1\n";
  EXPECT_TRUE(readings().certificates);
}

TEST_F(EnvoyCertificatesTest, a_failure_to_load_is_looked_at_twice) {
  settle();
  load(1, 1);
  const Readings failed = readings();
  ASSERT_TRUE(failed.certificates);
  EXPECT_FALSE(failed.certificates->prompted);
  EXPECT_TRUE(readings().certificates);
  EXPECT_FALSE(readings().certificates);
}

TEST_F(EnvoyCertificatesTest, a_look_that_was_missed_leaves_open_since_when) {
  settle();
  load(2, 0);
  statuses_["/certs"] = 503;
  EXPECT_FALSE(readings().certificates);
  statuses_.clear();
  load(3, 0);
  const Readings later = readings();
  ASSERT_TRUE(later.certificates);
  EXPECT_FALSE(later.certificates->prompted);
}

TEST_F(EnvoyCertificatesTest, a_refused_question_is_asked_again_after_an_hour) {
  statuses_["/certs"] = 403;
  const Readings first = readings();
  EXPECT_THAT(first.partial, ElementsAre(Failure{Reason::forbidden, "/certs: HTTP status 403"}));
  EXPECT_FALSE(first.certificates);
  now_ += std::chrono::minutes(50);
  EXPECT_THAT(readings().partial, IsEmpty());
  EXPECT_FALSE(asked());
  now_ += std::chrono::minutes(10);
  (void)readings();
  EXPECT_TRUE(asked());
}

TEST_F(EnvoyCertificatesTest, the_statistics_tell_the_end_where_the_question_is_refused) {
  const auto expiring = [&](const std::string& at) {
    bodies_["/stats"] =
        stats(19, 2) + "cluster.a.ssl.certificate.default.expiration_unix_time_seconds: " + at +
        "\n" + "cluster.a.ssl.certificate.ROOTCA.expiration_unix_time_seconds: 1900000000\n" +
        "cluster.a.ssl.certificate.none.expiration_unix_time_seconds: 9223372036854775807\n";
  };
  expiring("1800000000");
  statuses_["/certs"] = 403;
  const Readings first = readings();
  ASSERT_TRUE(first.certificates);
  ASSERT_EQ(first.certificates->held.size(), 2u);
  const Certificate& leaf = first.certificates->held[0][0];
  const Certificate& root = first.certificates->held[1][0];
  EXPECT_EQ(root.role, CertificateRole::root);
  EXPECT_EQ(identity_of(root), "ROOTCA");
  EXPECT_EQ(identity_of(leaf), "default");
  EXPECT_EQ(leaf.role, CertificateRole::leaf);
  EXPECT_EQ(leaf.not_after.time_since_epoch().count(), 1'800'000'000);
  EXPECT_FALSE(readings().certificates);
  expiring("1800000100");
  const Readings renewed = readings();
  ASSERT_TRUE(renewed.certificates);  // at once, and without asking
  EXPECT_THAT(asked_, ElementsAre("/stats"));
}

TEST_F(EnvoyCertificatesTest, a_page_of_garbage_is_a_failure_of_its_own) {
  bodies_["/certs"] = "<html>";
  const Readings first = readings();
  ASSERT_EQ(first.partial.size(), 1u);
  EXPECT_EQ(first.partial[0].reason, Reason::parse);
  EXPECT_TRUE(first.partial[0].message.starts_with("/certs: ")) << first.partial[0].message;
  EXPECT_TRUE(first.traffic);
}

TEST_F(EnvoyCertificatesTest, a_certificate_without_an_end_is_counted_and_the_others_are_read) {
  bodies_["/certs"] = R"({"certificates":[{"cert_chain":[{"serial_number":"01"},)"
                      R"({"serial_number":"02","expiration_time":"2026-11-25T00:00:00Z"}]}]})";
  const Readings first = readings();
  EXPECT_EQ(first.unreadable, 1u);
  EXPECT_EQ(first.certificates->held[0].size(), 1u);
}

TEST_F(EnvoyCertificatesTest, a_new_process_is_looked_at_anew) {
  settle();
  restart(1000, 3);
  EXPECT_TRUE(readings().certificates);
}

TEST_F(EnvoyCertificatesTest, secrets_and_connections_are_read_with_the_statistics) {
  bodies_["/stats"] = stats(19, 2) +
                      "sds.leaf.key_rotation_failed: 2\n"
                      "sds.leaf.update_rejected: 1\n"
                      "cluster.a.b.ssl.certificate.leaf.expiration_unix_time_seconds: 1800000100\n"
                      "listener.0.0.0.0_1.ssl.certificate.leaf.expiration_unix_time_seconds: "
                      "1800000000\n"
                      "cluster.a.b.ssl.connection_error: 2\n"
                      "cluster.a.b.ssl.fail_verify_error: 1\n"
                      "cluster.a.b.ssl.handshake: 3\n"
                      "cluster.a.b.upstream_cx_active: 2\n"
                      "cluster.a.b.upstream_cx_total: 7\n"
                      "cluster.plain.upstream_cx_active: 1\n"
                      "cluster.plain.upstream_cx_total: 1\n"
                      "listener.0.0.0.0_1.downstream_cx_active: 5\n"
                      "listener.0.0.0.0_1.downstream_cx_total: 7\n"
                      "listener.0.0.0.0_1.worker_0.downstream_cx_active: 5\n"
                      "listener.0.0.0.0_1.ssl.handshake: 6\n"
                      "listener.admin.downstream_cx_total: 9\n";
  for (int poll = 0; poll < 2; ++poll) {  // as learnt and as remembered
    const TlsReading tls = readings().tls;
    EXPECT_THAT(tls.secrets, ElementsAre(SecretReading{"leaf", 2, 1, 1800000000}));
    EXPECT_THAT(
        tls.connections,
        ElementsAre(TlsConnections{"cluster.a.b", Direction::outbound, "a.b", "", 7, 3, 2, 3},
                    TlsConnections{"listener.0.0.0.0_1", Direction::inbound, "", "", 7, 6, 5}));
  }
}

TEST_F(EnvoyCertificatesTest, names_without_a_secret_or_a_cluster_are_nothing) {
  bodies_["/stats"] = stats(19, 2) +
                      "sds.key_rotation_failed: 2\nsds..update_rejected: 1\n"
                      "cluster.ssl.handshake: 3\nlistener..ssl.handshake: 1\n"
                      "cluster.a.expiration_unix_time_seconds: 4\n";
  const TlsReading tls = readings().tls;
  EXPECT_THAT(tls.secrets, IsEmpty());
  EXPECT_THAT(tls.connections, IsEmpty());
}

}  // namespace
}  // namespace mesh::envoy_certificates_test
