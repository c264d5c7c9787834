// The checks of the house checked themselves: each rule is shown an offence and must see it, and
// something similar that is right and must be let pass.
#include "house/house_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh::house {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string opening = "// What this file is,\n// in two lines of prose.\n";

Complaints about(std::string path, std::string code) {
  SourceFile file{std::move(path), opening};
  if (file.path.ends_with(".h")) file.text += "#pragma once\n";
  file.text += code;
  return complaints_about(file);
}

TEST(IncludeDirection, lets_a_room_look_down) {
  EXPECT_THAT(about("src/wire/a.cc",
                    "#include \"wire/a.h\"\n#include \"model/target.h\"\n"
                    "#include \"base/result.h\"\n"),
              IsEmpty());
  EXPECT_THAT(about("src/app/a.cc", "#include \"expose/a.h\"\n#include \"cli/flags.h\"\n"),
              IsEmpty());
}

TEST(IncludeDirection, forbids_a_room_to_look_up) {
  EXPECT_THAT(about("src/wire/a.cc", "#include \"compute/a.h\"\n"),
              ElementsAre("src/wire/a.cc:3: wire must not include compute/a.h"));
  EXPECT_THAT(about("src/base/a.h", "#include \"model/a.h\"\n"),
              ElementsAre("src/base/a.h:4: base must not include model/a.h"));
  EXPECT_THAT(about("src/cli/a.cc", "#include \"app/a.h\"\n"),
              ElementsAre("src/cli/a.cc:3: cli must not include app/a.h"));
}

TEST(IncludeDirection, forbids_neighbours_to_look_at_each_other) {
  EXPECT_THAT(about("src/dialect/a.cc", "#include \"compute/a.h\"\n"), testing::SizeIs(1));
  EXPECT_THAT(about("src/compute/a.cc", "#include \"dialect/a.h\"\n"), testing::SizeIs(1));
  EXPECT_THAT(about("src/net/a.cc", "#include \"wire/a.h\"\n"), testing::SizeIs(1));
}

TEST(IncludeDirection, lets_the_middle_see_the_values_of_the_configuration_only) {
  EXPECT_THAT(about("src/compute/a.cc", "#include \"config/config.h\"\n"), IsEmpty());
  EXPECT_THAT(about("src/compute/a.cc", "#include \"config/load.h\"\n"),
              ElementsAre("src/compute/a.cc:3: compute must not include config/load.h"));
}

TEST(IncludeDirection, lets_only_the_routes_of_expose_see_the_server) {
  EXPECT_THAT(about("src/expose/routes.cc", "#include \"net/http_server.h\"\n"), IsEmpty());
  EXPECT_THAT(about("src/expose/gzip.cc", "#include \"net/http_server.h\"\n"),
              ElementsAre("src/expose/gzip.cc:3: expose must not include net/http_server.h"));
}

TEST(IncludeDirection, sees_includes_however_they_are_spaced) {
  EXPECT_THAT(about("src/base/a.cc", "  #  include   \"model/a.h\"  // why\n"), testing::SizeIs(1));
}

TEST(IncludeDirection, knows_every_room) {
  EXPECT_THAT(about("src/attic/a.cc", ""), ElementsAre("src/attic/a.cc: no room is called attic"));
}

TEST(Fences, keep_each_library_in_its_rooms) {
  for (const auto& [path, include] : std::vector<std::pair<std::string, std::string>>{
           {"src/expose/a.cc", "<boost/asio/write.hpp>"},
           {"src/wire/a.cc", "<boost/beast/http.hpp>"},
           {"src/wire/a.cc", "<openssl/x509.h>"},
           {"src/dialect/a.cc", "<simdjson.h>"},
           {"src/app/a.cc", "<yaml-cpp/yaml.h>"},
           {"src/compute/a.cc", "<prometheus/counter.h>"},
           {"src/main.cc", "<boost/program_options.hpp>"},
           {"src/scrape/a.cc", "<grpcpp/grpcpp.h>"},
           {"src/wire/a.cc", "<zlib.h>"},
           {"src/dialect/a.cc", "<messages/channelz.pb.h>"},
           {"src/wire/a.cc", "<google/protobuf/message_lite.h>"},
           {"src/main.cc", "\"boost/asio.hpp\""},
       }) {
    EXPECT_THAT(about(path, "#include " + include + "\n"), testing::SizeIs(1)) << include;
  }
}

TEST(Fences, let_each_library_into_its_rooms) {
  for (const auto& [path, include] : std::vector<std::pair<std::string, std::string>>{
           {"src/net/a.cc", "<boost/asio/write.hpp>"},
           {"src/expose/routes.cc", "<boost/asio/write.hpp>"},
           {"src/wire/x509.cc", "<openssl/x509.h>"},
           {"src/wire/a.cc", "<simdjson.h>"},
           {"src/config/a.cc", "<yaml-cpp/yaml.h>"},
           {"src/expose/a.cc", "<prometheus/counter.h>"},
           {"src/cli/a.cc", "<boost/program_options.hpp>"},
           {"src/grpc/flight.h", "<grpcpp/grpcpp.h>"},
           {"src/wire/grpc_channelz.cc", "<messages/channelz.pb.h>"},
           {"src/wire/proto_walk.cc", "<google/protobuf/io/coded_stream.h>"},
       }) {
    EXPECT_THAT(about(path, "#include " + include + "\n"), IsEmpty()) << include;
  }
}

TEST(Opening, says_what_the_file_is) {
  EXPECT_THAT(complaints_about({"src/base/a.cc", "// Numbers for people, and back.\n"}), IsEmpty());
  EXPECT_THAT(complaints_about({"src/base/a.cc", "// Numbers.\n//\n// How people read them.\n"}),
              IsEmpty());
  for (const char* text : {"", "#include \"base/a.h\"\n", "\n// It comes after an empty line.\n",
                           "// a.cc\n", "// See a.h.\n", "// ---- ---- ---- ---- ----\n"}) {
    EXPECT_THAT(complaints_about({"src/base/a.cc", text}),
                ElementsAre("src/base/a.cc:1: does not open with a comment that says what it is"))
        << text;
  }
}

TEST(Opening, may_be_shorter_in_a_test) {
  EXPECT_THAT(complaints_about({"tests/base/a_test.cc", "// The JSON form.\n"}), IsEmpty());
  EXPECT_THAT(complaints_about({"tests/base/a_test.cc", "// Tests.\n"}), testing::SizeIs(1));
}

TEST(Shape, ends_at_300_lines) {
  std::string code;
  for (int i = 0; i < 298; ++i) code += '\n';
  EXPECT_THAT(about("src/base/a.cc", code), IsEmpty());
  EXPECT_THAT(about("src/base/a.cc", code + "\n"),
              ElementsAre("src/base/a.cc: has 301 lines; more than 300 are two files"));
}

TEST(Shape, of_a_header_includes_pragma_once) {
  EXPECT_THAT(complaints_about({"tests/a.h", opening + "#ifndef A\n"}),
              ElementsAre("tests/a.h: is a header without #pragma once"));
}

TEST(Awaits, may_have_names_for_operands) {
  EXPECT_THAT(about("src/net/a.cc",
                    "auto a = co_await f(x, std::move(y));\n"
                    "if (auto r = co_await f(); r) {\n  use(r);\n}\n"
                    "while (co_await next(x)) {\n  co_await f(x[1]);\n}\n"
                    "for (;;) { co_await f(); }\n"
                    "c ? 1 : 2;\nco_await g(std::string(\"a\"));\n"
                    "auto h = [&]() -> awaitable<void> { co_await f(x); };\n"),
              IsEmpty());
}

TEST(Awaits, may_not_make_what_the_compiler_destroys_twice) {
  for (const std::string code : {
           "co_await f(Agg{1});",
           "co_await f({1, 2});",
           "co_await f([x] { return x; });",
           "co_await f(a, [&](int) { return b; });",
           "auto v = Agg{co_await f()};",
           "auto v = Agg{1, co_await f()};",
           "auto v = c ? co_await a() : b;",
           "auto v = c ? a : co_await b();",
           "co_await f(c ? a : b);",
           "co_await f(co_await g());",
           "auto v = co_await f(\n    Agg{1});",
       }) {
    EXPECT_THAT(about("src/net/a.cc", code + "\n"), testing::Not(IsEmpty())) << code;
  }
}

TEST(Awaits, are_no_concern_in_comments_and_strings) {
  EXPECT_THAT(about("src/net/a.cc", "// never co_await f(Agg{1})\n"), IsEmpty());
  EXPECT_THAT(about("src/net/a.cc", "f('\"', \"\\\" co_await f(Agg{1})\");\n"), IsEmpty());
  EXPECT_THAT(about("src/net/a.cc", "f(\"//\"); co_await f(Agg{1});\n"), testing::SizeIs(1));
}

TEST(Awaits, are_reported_with_their_line) {
  EXPECT_THAT(about("src/net/a.cc", "int x;\nco_await f({});\n"),
              ElementsAre("src/net/a.cc:4: this co_await makes a braced value or a lambda; "
                          "name the operands first"));
}

}  // namespace
}  // namespace mesh::house
