// The table and the JSON of the certificates, as people and programs read them.
#include "expose/certificate_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "expose/sample_page.h"

namespace mesh::certificate_table_test {
namespace {

using testing::HasSubstr;

const WallTime now = sample::at(1'760'000'002'500);

std::vector<CertificateRow> rows(bool all = false) {
  return certificate_rows(sample::two_sidecars(), now, all);
}

std::string certificate_table(std::span<const CertificateRow> rows, WallTime when,
                              std::uint64_t left_out = 0) {
  return certificate_text(certificate_list(rows, when, left_out));
}

TEST(CertificateTable, shows_a_line_per_certificate) {
  EXPECT_EQ(
      certificate_table(rows(true), now),
      R"(REMAINING  LEFT  STATUS    ROTATED    SOURCE     ROLE  WHERE                    CERTIFICATE
   21h13m   88%  ok        2h46m ago  admin      leaf  shop/frontend-0          spiffe://cluster.local/ns/shop/sa/frontend
    9h13m   38%  draining  -          admin      leaf  shop/frontend-0          spiffe://cluster.local/ns/shop/sa/frontend
      -3s    0%  expired   -          admin      root  shop/frontend-0          Root CA
   21h13m   88%  ok        2h46m ago  handshake  leaf  shop/gateway             spiffe://cluster.local/ns/shop/sa/frontend
    9h13m   38%  draining  -          handshake  leaf  shop/gateway             spiffe://cluster.local/ns/shop/sa/frontend
    9h13m   38%  ok        -          handshake  leaf  shop/frontend-0 inbound  spiffe://cluster.local/ns/shop/sa/frontend
)");
}

TEST(CertificateTable, says_that_there_are_none) {
  EXPECT_EQ(certificate_table({}, now), "no certificates\n");
}

TEST(CertificateTable, has_a_dash_for_what_is_not_known) {
  EXPECT_THAT(certificate_table(std::vector<CertificateRow>(1), now),
              HasSubstr("\n       0s     -  ok      -        admin   leaf         -\n"));
}

TEST(CertificateTable, lets_a_long_path_widen_its_own_line_only) {
  std::vector<CertificateRow> two(2);
  two[0].where = std::string(100, 'x');
  two[1].where = "/tls.pem";
  two[0].certificate.path = two[1].certificate.path = "name";
  const std::string table = certificate_table(two, now);
  EXPECT_THAT(table, HasSubstr(std::string(100, 'x') + "  name\n"));
  EXPECT_THAT(table, HasSubstr("/tls.pem" + std::string(48 - 8, ' ') + "  name\n"));
}

TEST(CertificateTable, tells_how_many_are_in_no_row) {
  EXPECT_THAT(certificate_table(rows(), now, 95'000),
              testing::EndsWith("\nand 95000 more, which expire later\n"));
}

TEST(CertificateTable, shows_the_two_largest_units) {
  const auto remaining = [](std::int64_t seconds) {
    CertificateRow row;
    row.remaining_seconds = seconds;
    const std::string table = certificate_table(std::vector{row}, now);
    std::istringstream line(table.substr(table.find('\n') + 1));
    std::string first;
    line >> first;
    return first;
  };
  EXPECT_EQ(remaining(0), "0s");
  EXPECT_EQ(remaining(59), "59s");
  EXPECT_EQ(remaining(-190), "-3m10s");
  EXPECT_EQ(remaining(3600), "1h");
  EXPECT_EQ(remaining(3605), "1h");
  EXPECT_EQ(remaining(18'720), "5h12m");
  EXPECT_EQ(remaining(90'000), "1d1h");
  EXPECT_EQ(remaining(315'360'000), "10y");
  EXPECT_EQ(remaining(253'402'300'799), "8035y121d");
}

TEST(CertificateTable, keeps_a_hostile_name_on_its_line) {
  CertificateRow row;
  row.certificate.path = "a\nb\x1b[2Jc\xff";
  const std::string table = certificate_table(std::vector{row}, now);
  EXPECT_THAT(table, HasSubstr("a\xEF\xBF\xBD"
                               "b\xEF\xBF\xBD[2Jc\xEF\xBF\xBD\n"));
}

TEST(CertificatesJson, says_all_that_is_known) {
  EXPECT_EQ(certificates_json(std::vector{rows().front()}),
            R"([{"certificate":"spiffe://cluster.local/ns/shop/sa/frontend","source":"admin",)"
            R"("where":"shop/frontend-0","role":"leaf","state":"in_use","status":"ok",)"
            R"("not_before":"2025-10-09T06:06:40Z","not_after":"2025-10-10T06:06:40Z",)"
            R"("remaining_seconds":76398,"remaining_ratio":8.842361111111111E-1,"rotations":1,)"
            R"("last_rotation":"2025-10-09T06:06:55Z","rotation_point":5E-1,)"
            R"("renewal_due":"2025-10-09T20:30:46Z",)"
            R"("serial":"0b","subject":"","issuer":"",)"
            R"("sans":["spiffe://cluster.local/ns/shop/sa/frontend"],"key_algorithm":"",)"
            R"("key_bits":0,"fingerprint_sha256":""}])"
            "\n");
}

TEST(CertificatesJson, is_an_empty_array_without_certificates) {
  EXPECT_EQ(certificates_json({}), "[]\n");
}

TEST(CertificatesJson, tells_of_no_rotation_where_none_was_seen) {
  CertificateRow row = rows().front();
  ASSERT_TRUE(row.last_rotation);
  row.rotations = 0;
  EXPECT_THAT(certificates_json(std::vector{row}),
              HasSubstr(R"("rotations":0,"last_rotation":null)"));
}

TEST(CertificatesJson, says_null_for_what_is_not_known) {
  CertificateRow row;
  const std::string json = certificates_json(std::vector{row});
  EXPECT_THAT(json, HasSubstr(R"("not_before":null)"));
  EXPECT_THAT(json, HasSubstr(R"("remaining_ratio":null)"));
  EXPECT_THAT(json, HasSubstr(R"("last_rotation":null)"));
  EXPECT_THAT(json, HasSubstr(R"("rotation_point":null,"renewal_due":null)"));
}

TEST(CascadeWords, say_when_the_first_certificate_runs_out_and_how_many_are_cut_off) {
  TargetState other = sample::client();
  other.target.pod = "frontend-1";
  other.control_plane.cascade->at -= std::chrono::hours(1);
  const Snapshot snapshot = sample::snapshot_of({sample::client(), other, sample::refusing()});
  EXPECT_EQ(cascade_words(cut_off(snapshot), now),
            "2 sidecars cannot renew their certificates, for the control plane or issuer is "
            "unreachable; the first of them, spiffe://cluster.local/ns/shop/sa/frontend of "
            "shop/frontend-1, runs out in 20h13m (2025-10-10T05:06:40Z)");
  EXPECT_THAT(cascade_words(cut_off(snapshot), now + std::chrono::hours(21)),
              HasSubstr("ran out 46m42s ago (2025"));
}

TEST(CascadeWords, are_of_those_that_are_shown) {
  const Snapshot snapshot = sample::snapshot_of({sample::client()});
  EXPECT_EQ(cut_off(snapshot, {"shop", "frontend-0", ""}), cut_off(snapshot));
  EXPECT_TRUE(cut_off(snapshot));
  EXPECT_FALSE(cut_off(snapshot, {"", "other", ""}));
}

TEST(CertificateList, comes_back_from_its_json_as_it_was) {
  const Snapshot snapshot = sample::two_sidecars();
  for (const bool all : {false, true}) {
    const auto list = certificate_list(rows(all), now, 3, cut_off(snapshot));
    EXPECT_TRUE(list.cut_off);
    const auto again = parse_certificate_list(certificate_list_json(rows(all), list));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, list);
    EXPECT_THAT(certificate_text(*again), testing::StartsWith(cascade_words(list.cut_off, now)));
    EXPECT_THAT(certificate_text(*again), testing::EndsWith("and 3 more, which expire later\n"));
  }
  const std::string none = certificate_list_json({}, certificate_list({}, now));
  EXPECT_EQ(none, R"({"at":"2025-10-09T08:53:22Z","left_out":0,"cut_off":null,"certificates":[]})"
                  "\n");
  EXPECT_EQ(*parse_certificate_list(none), certificate_list({}, now));
}

TEST(CertificateList, says_of_anything_else_that_it_is_none) {
  const std::string good = certificate_list_json(rows(), certificate_list(rows(), now));
  const auto without = [&](const std::string& piece, const std::string& instead) {
    std::string text = good;
    const auto at = text.find(piece);
    EXPECT_NE(at, text.npos) << piece;
    return text.replace(at, piece.size(), instead);
  };
  for (const std::string& wrong :
       {std::string(), std::string("[]"), std::string("no certificates\n"),
        without("\"left_out\":0", "\"left_out\":-1"), without("\"cut_off\":null,", ""),
        without("2025-10-09T06:06:55Z", "yesterday"), without("\"role\":\"leaf\"", "\"role\":7")}) {
    EXPECT_THAT(parse_certificate_list(wrong).error().message,
                HasSubstr("this is no list of certificates: "));
  }
}

// Whoever answers may write what he likes.
TEST(CertificateList, keeps_hostile_words_of_an_answer_on_their_line) {
  CertificateList list;
  list.lines.resize(1);
  for (std::string CertificateLine::*text :
       {&CertificateLine::status, &CertificateLine::source, &CertificateLine::role,
        &CertificateLine::where, &CertificateLine::certificate}) {
    list.lines[0].*text = "a\n\x1b[2J";
  }
  list.cut_off = CutOff{1, "b\n\x1b[2J", "c\n\x1b[2J", {}};
  const std::string text = certificate_text(list);
  EXPECT_EQ(std::ranges::count(text, '\n'), 4);  // the cascade, a gap, the head, the line
  EXPECT_EQ(text.find('\x1b'), text.npos);
}

TEST(CascadeWords, are_none_while_all_is_connected) {
  EXPECT_FALSE(cut_off(sample::snapshot_of({sample::answering("a")})));
  EXPECT_EQ(cascade_words({}, now), "");
}

}  // namespace
}  // namespace mesh::certificate_table_test
