// Content negotiation: a header in, a choice out. The headers of Prometheus are real ones.
#include "expose/negotiate.h"

#include <gtest/gtest.h>

namespace mesh::negotiate_test {
namespace {

TEST(ChooseFormat, gives_openmetrics_to_prometheus_2_42) {
  EXPECT_EQ(choose_format("application/openmetrics-text;version=1.0.0,"
                          "application/openmetrics-text;version=0.0.1;q=0.75,"
                          "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
            Format::openmetrics);
}

TEST(ChooseFormat, gives_openmetrics_to_prometheus_3) {
  EXPECT_EQ(choose_format("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                          "application/openmetrics-text;version=0.0.1;q=0.5,"
                          "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
                          "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"),
            Format::openmetrics);
}

TEST(ChooseFormat, gives_protobuf_to_prometheus_3_that_would_rather_have_it) {
  const char* const accept =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;"
      "escaping=allow-utf-8;q=0.6,"
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
      "application/openmetrics-text;version=0.0.1;q=0.4,"
      "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/"
      "*;q=0.1";
  EXPECT_EQ(choose_format(accept), Format::protobuf);
  EXPECT_EQ(content_type(Format::protobuf, accept),
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; "
            "encoding=delimited; escaping=allow-utf-8");
}

TEST(ChooseFormat, gives_no_protobuf_to_who_wants_other_messages_or_another_way_of_writing_them) {
  EXPECT_EQ(choose_format("application/vnd.google.protobuf;proto=my.Message;encoding=delimited"),
            Format::prometheus_text);
  EXPECT_EQ(choose_format("application/vnd.google.protobuf;"
                          "proto=io.prometheus.client.MetricFamily;encoding=compact-text,"
                          "application/openmetrics-text;q=0.1"),
            Format::openmetrics);
}

TEST(ChooseFormat, gives_protobuf_only_to_who_likes_it_best) {
  EXPECT_EQ(choose_format("application/vnd.google.protobuf,application/openmetrics-text"),
            Format::openmetrics);
  EXPECT_EQ(choose_format("application/*"), Format::openmetrics);
  EXPECT_EQ(choose_format("application/vnd.google.protobuf,*/*;q=0.9"), Format::protobuf);
}

TEST(ChooseFormat, gives_text_to_prometheus_told_to_scrape_only_that) {
  EXPECT_EQ(choose_format("text/plain;version=0.0.4;q=0.3,*/*;q=0.2"), Format::prometheus_text);
}

TEST(ChooseFormat, gives_text_to_who_likes_its_newer_version_best) {
  const char* const accept =
      "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,"
      "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3";
  EXPECT_EQ(choose_format(accept), Format::prometheus_text);
  EXPECT_EQ(content_type(Format::prometheus_text, accept),
            "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8");
}

TEST(ContentType, has_the_version_that_was_asked_for_and_the_old_one_else) {
  EXPECT_EQ(content_type(Format::prometheus_text, ""), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(content_type(Format::prometheus_text, "text/plain"),
            "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(content_type(Format::prometheus_text, "text/plain;version=0.0.4;escaping=values"),
            "text/plain; version=0.0.4; charset=utf-8; escaping=values");
  EXPECT_EQ(content_type(Format::openmetrics, "application/openmetrics-text"),
            "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

TEST(ContentType, does_not_repeat_what_it_does_not_know) {
  EXPECT_EQ(content_type(Format::openmetrics,
                         "application/openmetrics-text;version=1.0.0;escaping=\r\nSet-Cookie:x"),
            "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

TEST(ChooseFormat, gives_text_to_a_browser) {
  EXPECT_EQ(choose_format("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            Format::prometheus_text);
}

TEST(ChooseFormat, gives_text_to_curl) { EXPECT_EQ(choose_format("*/*"), Format::prometheus_text); }

TEST(ChooseFormat, gives_text_without_a_header) {
  EXPECT_EQ(choose_format(""), Format::prometheus_text);
}

TEST(ChooseFormat, does_not_take_an_old_version_for_the_one_we_write) {
  EXPECT_EQ(choose_format("application/openmetrics-text;version=0.0.1,text/plain;q=0.1"),
            Format::prometheus_text);
}

TEST(ChooseFormat, takes_no_version_for_any) {
  EXPECT_EQ(choose_format("application/openmetrics-text"), Format::openmetrics);
}

TEST(ChooseFormat, respects_quality_zero) {
  EXPECT_EQ(choose_format("application/openmetrics-text;version=1.0.0;q=0,*/*;q=0.5"),
            Format::prometheus_text);
}

TEST(ChooseFormat, prefers_the_higher_quality) {
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0.4,text/plain;q=0.5"),
            Format::prometheus_text);
  EXPECT_EQ(choose_format("text/plain;q=0.4,application/openmetrics-text;q=0.5"),
            Format::openmetrics);
}

TEST(ChooseFormat, gives_text_when_both_are_liked_the_same) {
  EXPECT_EQ(choose_format("application/openmetrics-text,text/plain"), Format::prometheus_text);
}

TEST(ChooseFormat, reads_capitals_blanks_and_quoted_parameters) {
  EXPECT_EQ(choose_format(" Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=0.9 , */* ;q=0.1"),
            Format::openmetrics);
}

TEST(ChooseFormat, does_not_trust_a_quality_that_is_no_number) {
  EXPECT_EQ(choose_format("application/openmetrics-text;q=high"), Format::prometheus_text);
  EXPECT_EQ(choose_format("application/openmetrics-text;q=nan"), Format::prometheus_text);
}

TEST(ChooseFormat, survives_garbage) {
  EXPECT_EQ(choose_format(",;=,;;q=,,/*;\"\xFF"), Format::prometheus_text);
}

TEST(ChooseCoding, gives_prometheus_gzip) { EXPECT_EQ(choose_coding("gzip"), Coding::gzip); }

TEST(ChooseCoding, gives_a_browser_the_cheaper_of_what_it_likes_alike) {
  EXPECT_EQ(choose_coding("gzip, deflate, br, zstd"), Coding::zstd);
}

TEST(ChooseCoding, gives_what_is_liked_best) {
  EXPECT_EQ(choose_coding("gzip, zstd;q=0.9"), Coding::gzip);
  EXPECT_EQ(choose_coding("gzip;q=0.1, zstd;q=0.2"), Coding::zstd);
}

TEST(ChooseCoding, packs_nothing_without_a_header) {
  EXPECT_EQ(choose_coding(""), Coding::identity);
}

TEST(ChooseCoding, packs_nothing_at_quality_zero) {
  EXPECT_EQ(choose_coding("gzip;q=0"), Coding::identity);
  EXPECT_EQ(choose_coding("deflate, gzip;q=0.000"), Coding::identity);
  EXPECT_EQ(choose_coding("gzip;q=0, *"), Coding::identity);
  EXPECT_EQ(choose_coding("gzip;q=0.5, zstd;q=0"), Coding::gzip);
}

TEST(ChooseCoding, takes_a_wildcard_for_gzip) { EXPECT_EQ(choose_coding("*"), Coding::gzip); }

TEST(ChooseCoding, packs_nothing_where_the_plain_page_is_liked_better) {
  EXPECT_EQ(choose_coding("gzip;q=0.5, identity"), Coding::identity);
  EXPECT_EQ(choose_coding("gzip, identity;q=0.5"), Coding::gzip);
}

TEST(ChooseCoding, packs_nothing_for_who_wants_something_else) {
  EXPECT_EQ(choose_coding("br, deflate"), Coding::identity);
  EXPECT_EQ(choose_coding("gzipped"), Coding::identity);
}

}  // namespace
}  // namespace mesh::negotiate_test
