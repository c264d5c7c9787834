// What is said of a target: one fact of its state in, one line out.
#include "expose/remarks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expose/sample_page.h"

namespace mesh::remarks_test {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

TargetState well() {
  TargetState state = sample::answering("a");
  state.target.admin = Address{"127.0.0.1", 9901, ""};
  state.heap = Heap{41'000'000, 67'108'864};
  return state;
}

std::vector<std::string> remarks_on(const TargetState& state) {
  return remarks(state, seconds(15));
}

TEST(Remarks, are_none_where_all_is_well) {
  TargetState state = well();
  state.proxy = Proxy{};
  state.folded = {{"mesh_grpc_requests_total", 0}};
  EXPECT_THAT(remarks_on(state), IsEmpty());
}

TEST(Remarks, say_that_a_proxy_is_not_live) {
  TargetState state = well();
  state.proxy = Proxy{};
  state.proxy->state = ProxyState::draining;
  EXPECT_THAT(remarks_on(state), ElementsAre("the proxy is draining"));
  state.proxy->state = ProxyState::pre_initializing;
  EXPECT_THAT(remarks_on(state), ElementsAre("the proxy is pre-initializing"));
  state.proxy->state = ProxyState::initializing;
  EXPECT_THAT(remarks_on(state), ElementsAre("the proxy is initializing"));
}

TEST(Remarks, say_what_is_not_asked_for_a_while_and_why) {
  TargetState state = well();
  state.unanswered = {{"reflection", {Reason::timeout, "reflection: late; left out"}, {}, true}};
  EXPECT_THAT(remarks_on(state), ElementsAre("not asked for a while: reflection: late; left out"));
}

TEST(Remarks, say_that_an_application_counts_no_calls) {
  TargetState state = well();
  state.target.mesh = "app";
  EXPECT_THAT(remarks_on(state), ElementsAre("no gRPC calls are counted on its page"));
  state.library = "grpc-prometheus";
  EXPECT_THAT(remarks_on(state), IsEmpty());
}

TEST(Remarks, say_that_an_answer_may_be_another_meshs) {
  TargetState state = well();
  state.target.mesh = "linkerd";
  state.heap.reset();
  EXPECT_THAT(
      remarks_on(state),
      ElementsAre("nothing in its answer is known of linkerd: nothing is counted yet, or it is "
                  "another mesh (\"mesh: auto\" finds out)"));
  state.up = false;
  EXPECT_THAT(remarks_on(state), IsEmpty());
  state.up = true;
  state.traffic.keys = sample::keys({sample::call("users:1", "Get", "OK")});
  EXPECT_THAT(remarks_on(state), IsEmpty());
}

TEST(Remarks, name_the_questions_refused) {
  TargetState state = well();
  state.unanswered = {{"/clusters", {Reason::forbidden, "/clusters: HTTP status 403"}, {}}};
  EXPECT_THAT(remarks_on(state), ElementsAre("question refused: /clusters (403)"));
  state.unanswered.push_back({"/server_info", {Reason::forbidden, "/server_info: no"}, {}});
  EXPECT_THAT(remarks_on(state),
              ElementsAre("questions refused: /clusters (403), /server_info (403)"));
}

TEST(Remarks, say_of_a_grpc_server_which_call_it_refuses_and_what_to_do) {
  TargetState state = well();
  state.target.admin.reset();
  state.target.grpc = GrpcServer{Address{"h", 1, ""}, {}, ""};
  state.unanswered = {
      {"reflection", {Reason::forbidden, "reflection: gRPC status UNAUTHENTICATED: \"no\""}, {}}};
  EXPECT_THAT(remarks_on(state),
              ElementsAre("calls refused: reflection: gRPC status UNAUTHENTICATED: \"no\"; the "
                          "server's authorization must admit this exporter"));
}

TEST(Remarks, tell_a_question_that_failed_from_one_refused) {
  TargetState state = well();
  state.unanswered = {{"/clusters", {Reason::timeout, "/clusters: late"}, {}},
                      {"/server_info", {Reason::forbidden, "/server_info: no"}, {}}};
  EXPECT_THAT(remarks_on(state), ElementsAre("question refused: /server_info (403)",
                                             "question not answered: /clusters (timeout)"));
}

TEST(Remarks, say_what_was_read_in_part_by_which_bound) {
  TargetState state = well();
  state.target.admin.reset();
  state.target.grpc = GrpcServer{Address{"h", 1, ""}, {}, ""};
  state.unanswered = {{"channelz", {Reason::too_large, "channelz: more than 500"}, {}}};
  EXPECT_THAT(remarks_on(state), ElementsAre("read in part: channelz: more than 500"));
}

TEST(Remarks, count_lines_that_cannot_be_read) {
  TargetState state = well();
  state.parse_errors = 3;
  EXPECT_THAT(remarks_on(state), ElementsAre("3 lines unreadable in all, none in the last answer"));
  state.unreadable = 2;
  EXPECT_THAT(remarks_on(state), ElementsAre("3 lines unreadable in all, 2 in the last answer"));
  state.unreadable_sample = "no: sense";
  EXPECT_THAT(remarks_on(state),
              ElementsAre("3 lines unreadable in all, 2 in the last answer, first: no: sense"));
}

TEST(Remarks, count_ambiguous_names_and_say_why_there_are_any) {
  TargetState state = well();
  state.ambiguous_series = 4;
  EXPECT_THAT(remarks_on(state), ElementsAre("names ambiguous: 4"));
  state.target.admin.reset();
  EXPECT_THAT(remarks_on(state),
              ElementsAre("names ambiguous: 4 (only the metrics page is asked)"));
  state.target.mesh = "linkerd";
  EXPECT_THAT(remarks_on(state),
              ElementsAre("series without a method: 4 (Linkerd tells methods by ServiceProfiles "
                          "only)"));
  state.target.mesh = "istio";
  EXPECT_THAT(remarks_on(state), ElementsAre("series without a method: 4 (Istio tells methods by a "
                                             "label of a Telemetry resource only)"));
}

TEST(Remarks, count_what_was_folded_by_family) {
  TargetState state = well();
  state.folded = {{"mesh_grpc_requests_total", 12},
                  {"mesh_grpc_messages_total", 0},
                  {"mesh_upstream_endpoint_requests_total", 3}};
  EXPECT_THAT(remarks_on(state),
              ElementsAre("15 series over the limits, folded into other: 12 of "
                          "mesh_grpc_requests_total, 3 of mesh_upstream_endpoint_requests_total"));
}

TEST(Remarks, say_that_a_target_is_asked_less_often) {
  TargetState state = well();
  state.poll_interval = seconds(60);
  EXPECT_THAT(remarks_on(state), ElementsAre("backed off: asked every 1m instead of 15s"));
}

TEST(Remarks, count_the_services_that_are_not_asked_for_their_methods) {
  TargetState state = well();
  DeclaredMethods declared;
  declared.left_out = 99'500;
  state.declared = std::make_shared<const DeclaredMethods>(declared);
  EXPECT_THAT(remarks_on(state), ElementsAre("more services than are asked for their methods: "
                                             "99500 services left out"));
}

TEST(Remarks, count_the_certificates_that_are_left_out) {
  TargetState state = well();
  CertificatePlace place;
  place.left_out = 3;
  state.certificates = {std::make_shared<const CertificatePlace>(place)};
  EXPECT_THAT(remarks_on(state),
              ElementsAre("3 certificates over the limit of 2000 left out, those "
                          "that expire last"));
}

}  // namespace
}  // namespace mesh::remarks_test
