// What all status pages have in common: the frame, the way from one to the next, filters, and that
// nothing of others gets in as markup or without bound.
#include "expose/status/pages.h"

#include <set>

#include "expose/status/assets.h"
#include "expose/status/sample_status.h"

namespace mesh::pages_test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// One of everything that others can name, all of it the same.
Snapshot named(const std::string& evil) {
  TargetState state = sample::client();
  state.target = {evil, evil, evil, evil, {}, HttpEndpoint{{evil, 1, ""}, evil}};
  state.last_failure = Failure{Reason::parse, evil};
  state.last_failure_at = state.last_attempt;
  state.unanswered = {{evil, {Reason::parse, evil}, {}}};
  state.unreadable = state.parse_errors = 1;
  state.unreadable_sample = evil;
  state.folded = {{evil, 1}};
  state.proxy = Proxy{evil, evil, evil, ProxyState::live, {}};
  SeriesKey call = sample::call(evil, evil, evil);
  call.service = evil;
  state.traffic.keys = sample::keys({call});
  state.traffic.totals = {5};
  state.traffic.increases = {5};
  SeriesKey requests{Counted::endpoint_requests, Direction::outbound, evil, evil, "", "", evil};
  state.endpoint_requests.keys = sample::keys({requests});
  state.endpoint_requests.totals = state.endpoint_requests.increases = {5};
  state.endpoint_requests.window_seconds = 10;
  state.endpoints = {{evil, evil, Direction::outbound, evil, EndpointState::ready, 1}};
  state.endpoints[0].locality = evil;
  state.balances = {{Direction::outbound, evil, evil, Chosen::unknown, {}, 10}};
  state.balances[0].balance.verdict = BalanceVerdict::connection_pinned;
  state.balances[0].balance.busiest = evil;
  CertificatePlace place = *sample::certificates();
  place.known[0].in_use.subject = "CN=" + evil;
  place.known[0].in_use.sans = {{SubjectAltName::Kind::uri, "spiffe://" + evil}};
  state.certificates = {std::make_shared<const CertificatePlace>(place)};
  state.rotation_failures = {{evil, evil, 1, true}};
  Snapshot snapshot = sample::snapshot_of({state});
  Finding finding;
  finding.name = "traffic_pinned";
  finding.where = finding.upstream = finding.subject = finding.cause = finding.remedy = evil;
  snapshot.held_findings = {finding};
  DiscoveryOutcome found;
  found.sources = {{"file", 2, {evil}, {}}};
  found.not_watched = {{evil, evil, evil, evil, evil}};
  snapshot.discovery = std::make_shared<const DiscoveryOutcome>(std::move(found));
  TlsEndpointState endpoint = sample::gateway();
  endpoint.name = evil;
  endpoint.failure = Failure{Reason::tls, evil};
  snapshot.tls_endpoints = {std::make_shared<const TlsEndpointState>(endpoint)};
  return snapshot;
}

PageOptions configured(const std::string& evil) {
  PageOptions options = sample::options();
  Config config;
  config.warnings = {evil};
  config.targets = {{evil, evil, evil, evil, {}, HttpEndpoint{{evil, 1, ""}, evil}}};
  options.in_force = std::make_shared<const Config>(config);
  return options;
}

class EachPage : public testing::TestWithParam<const StatusPage*> {
 protected:
  std::string with(const std::string& name) {
    return sample::status_page(GetParam()->path, named(name), {}, configured(name));
  }
};

TEST_P(EachPage, lets_no_markup_of_others_in) {
  const std::string html = with("<script>alert(1)</script>");
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html, Not(HasSubstr("alert(1)<")));
  const std::string quoted = with("\" autofocus onfocus='alert(1)' & x=\"");
  EXPECT_THAT(quoted, Not(HasSubstr("\" autofocus")));
  EXPECT_THAT(quoted, Not(HasSubstr("='alert")));
}

TEST_P(EachPage, turns_no_text_around_and_hides_none) {
  const std::string html = with(std::string("a\0b", 3) + "\xE2\x80\xAE\x1b[31m\xFFz");
  for (const char* hidden : {"\xE2\x80\xAE", "\x1b", "\xFF"}) {
    EXPECT_THAT(html, Not(HasSubstr(hidden)));
  }
  EXPECT_EQ(html.find('\0'), std::string::npos);
}

TEST_P(EachPage, gives_no_room_to_who_makes_long_names) {
  EXPECT_LT(with(std::string(100'000, 'x')).size(), 500'000u);
}

TEST_P(EachPage, loads_its_own_stylesheet_and_script_only_and_has_no_style_inline) {
  const std::string html = with("a");
  std::set<std::string> loaded;
  for (const std::string before : {"src=\"", "rel=\"stylesheet\" href=\""}) {
    for (auto at = html.find(before); at != html.npos; at = html.find(before, at + 1)) {
      const auto begin = at + before.size();
      loaded.insert(html.substr(begin, html.find('"', begin) - begin));
    }
  }
  EXPECT_EQ(loaded, (std::set<std::string>{std::string(stylesheet().path),
                                           std::string(script_asset().path)}));
  for (const char* way : {"<style", " style=", " onclick", "url(", "@import"}) {
    EXPECT_THAT(html, Not(HasSubstr(way)));
  }
}

TEST_P(EachPage, is_a_document_with_one_heading_and_a_way_to_every_other) {
  const std::string html = with("a");
  EXPECT_THAT(html, StartsWith("<!DOCTYPE html>\n<html lang=\"en\">"));
  EXPECT_THAT(html, HasSubstr("<h1>" + std::string(GetParam()->title.view()) + "</h1>"));
  EXPECT_EQ(html.find("<h1>"), html.rfind("<h1>"));
  for (const StatusPage& other : status_pages()) {
    EXPECT_THAT(html, HasSubstr("<a href=\"" + std::string(other.path) + "\""));
  }
  EXPECT_THAT(
      html, HasSubstr("<a href=\"" + std::string(GetParam()->path) + "\" aria-current=\"page\">"));
}

TEST_P(EachPage, can_be_made_of_nothing) {
  EXPECT_THAT(sample::status_page(GetParam()->path, Snapshot{}),
              HasSubstr("The first pass over all targets has not ended yet."));
}

std::vector<const StatusPage*> all_pages() {
  std::vector<const StatusPage*> pages;
  for (const StatusPage& page : status_pages()) pages.push_back(&page);
  return pages;
}

INSTANTIATE_TEST_SUITE_P(StatusPages, EachPage, testing::ValuesIn(all_pages()),
                         [](const auto& one) { return std::string(one.param->title.view()); });

TEST(StatusPages, say_how_old_they_are_and_what_this_build_is) {
  const std::string html = sample::status_page("/", sample::two_sidecars());
  EXPECT_THAT(html, HasSubstr("The last pass took 156 ms; what is shown here is 1.5 s old."));
  EXPECT_THAT(html, HasSubstr("mesh_exporter 0.1.0, commit 0123abc, release build, g++ 12.2.0, "
                              "linux/amd64 · running for 16 min 42 s"));
}

TEST(StatusPages, keep_the_filter_on_the_way_as_far_as_it_is_taken) {
  const std::string html =
      sample::status_page("/methods", sample::two_sidecars(), {"shop", "a&b", "users"});
  EXPECT_THAT(html, HasSubstr("href=\"/targets?namespace=shop&amp;pod=a%26b\""));
  EXPECT_THAT(html,
              HasSubstr("href=\"/endpoints?namespace=shop&amp;pod=a%26b&amp;upstream=users\""));
  EXPECT_THAT(html, HasSubstr("href=\"/config\""));
  EXPECT_THAT(html, HasSubstr("name=\"pod\" value=\"a&amp;b\""));
  EXPECT_THAT(html, HasSubstr("<a href=\"/methods\">Show all</a>"));
}

TEST(StatusPages, lead_to_the_configured_telemetry_path) {
  PageOptions options = sample::options();
  options.telemetry_path = "/mesh\"metrics";
  EXPECT_THAT(sample::status_page("/", Snapshot{}, {}, options),
              HasSubstr("<a href=\"/mesh&quot;metrics\">Metrics</a>"));
}

TEST(StatusPages, bound_a_list_of_a_hundred_thousand) {
  TargetState state = sample::client();
  std::vector<SeriesKey> keys;
  state.endpoints.clear();
  state.endpoint_requests = {};
  for (int i = 0; i < 100'000; ++i) {
    EndpointReading one = sample::client().endpoints[0];
    one.address = "10.0.0.1:" + std::to_string(i);
    keys.push_back(
        {Counted::endpoint_requests, Direction::outbound, one.upstream, "", "", "", one.address});
    state.endpoints.push_back(one);
  }
  state.endpoint_requests.totals.assign(keys.size(), 1);
  state.endpoint_requests.increases = state.endpoint_requests.totals;
  state.endpoint_requests.keys = sample::keys(std::move(keys));
  state.endpoint_requests.window_seconds = 10;
  const std::string html = sample::status_page("/endpoints", sample::snapshot_of({state}));
  EXPECT_LT(html.size(), 100'000u);
  EXPECT_THAT(html, HasSubstr("and 99976 more, which get less"));
}

TEST(StatusPages, bound_the_targets_and_say_where_the_others_are) {
  std::vector<TargetState> many;
  for (int i = 0; i < 400; ++i) many.push_back(sample::well("pod-" + std::to_string(i)));
  const std::string html = sample::status_page("/targets", sample::snapshot_of(std::move(many)));
  EXPECT_THAT(html, HasSubstr("400 targets, 400 answered"));
  EXPECT_THAT(html, HasSubstr("and 150 more, which are not shown here: narrow the page, or "
                              "<a href=\"/api/v1/targets\">see all of them as JSON</a>"));
}

TEST(Assets, have_the_hash_of_their_content_in_their_names) {
  std::set<std::string_view> paths;
  for (const Asset& asset : assets()) {
    EXPECT_FALSE(asset.body.empty());
    EXPECT_THAT(asset.path, StartsWith("/-/status-"));
    EXPECT_EQ(asset.path.find('.'), std::string_view("/-/status-0123456789ab").size());
    paths.insert(asset.path);
  }
  EXPECT_EQ(paths.size(), assets().size());
  EXPECT_EQ(stylesheet().body, sample::read_file(MESH_SOURCE_DIR "/src/expose/status/style.css"));
  EXPECT_EQ(script_asset().body,
            sample::read_file(MESH_SOURCE_DIR "/src/expose/status/refresh.js"));
}

}  // namespace
}  // namespace mesh::pages_test
