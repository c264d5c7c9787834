// Up to three questions and a list of names; see auto.h.
#include "dialect/auto.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/quoted.h"
#include "dialect/app_families.h"
#include "dialect/check_answer.h"
#include "dialect/ztunnel.h"
#include "wire/exposition.h"

namespace mesh {
namespace {

// What a page has that no other has. The names of samples begin with it, unless there is a label,
// which then stands beside it; no value: any.
struct Sign {
  std::string_view dialect;
  std::string_view name;
  std::string_view label = "", value = "";
};

// In this order: whoever stands above may have those below merged into its page.
constexpr std::array<Sign, 17> signs{{
    {"linkerd", "control_identity_cert_"},
    {"linkerd", "control_destination_balancer_"},
    {"linkerd", "identity_cert_expiration_timestamp_seconds"},
    {"linkerd", "proxy_build_info", "vendor"},
    {"ztunnel", "istio_build", "component", "ztunnel"},
    {"ztunnel", "istio_active_proxy_count"},
    {"istiod", "istio_build", "component", "pilot"},
    {"linkerd-control-plane", "issuer_cert_ttl_seconds"},
    {"consul-server", "consul_version"},
    {"consul", "consul_dataplane_"},
    {"consul", "envoy_", "consul_source_service"},
    {"istio", "istio_agent_"},
    {"istio", "istio_requests_total"},
    {"istio", "istio_build", "component", "proxy"},
    {"istio", "envoy_", "cluster_name"},
    {"envoy", "envoy_"},
    {"app", ""},
}};

bool shows(const Sample& sample, const Sign& sign) {
  if (sign.name.empty()) {
    const AppFamily* family = find_app_family(sample.name);
    return family && is_of_grpc(sample, *family);
  }
  if (!sample.name.starts_with(sign.name)) return false;
  if (sign.label.empty()) return true;
  const std::string_view value = sample.label(sign.label);
  return sign.value.empty() ? !value.empty() : value == sign.value;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// One of an application that was not called yet is empty.
bool is_page(std::string_view body) {
  return read_exposition(body, [](const Sample&) {}).unreadable == 0;
}

constexpr std::string_view identity = "/server_info", links = "/", usual_page = "/metrics";

class AutoConversation final : public Conversation {
 public:
  explicit AutoConversation(const Target& target) {
    if (target.admin) {
      for (const std::string_view path : {identity, links, usual_page}) {
        questions_.push_back({Request::Port::admin, std::string(path)});
      }
    }
    if (target.metrics) questions_.push_back({Request::Port::metrics, target.metrics->path});
  }

  Step begin(Instant) override {
    asked_ = 0;
    seen_.clear();
    page_at_.reset();
    return questions_.front();
  }

  Step hear(Answer answer) override;

 private:
  std::string_view recognise(const Response& answer);
  void note(std::string_view words) { seen_.append(seen_.empty() ? "" : "; ").append(words); }

  std::vector<Request> questions_;
  std::size_t asked_ = 0;
  std::string seen_;                // what did not tell, in words
  std::optional<Instant> page_at_;  // when a page of metrics came that does not tell
};

Step AutoConversation::hear(Answer answer) {
  const Request& question = questions_[asked_];
  if (auto failure = check_answer(answer, page_of(question))) {
    // Nobody there: the other questions would not be answered either.
    if (!answer && question.port == Request::Port::admin) return *failure;
    note(failure->message);
  } else if (const std::string_view dialect = recognise(*answer); !dialect.empty()) {
    Readings readings;
    readings.at = answer->received;
    readings.recognised = dialect;
    return readings;
  }
  if (++asked_ < questions_.size()) return questions_[asked_];
  Failure unknown{Reason::parse, "who this is cannot be told: " + seen_ +
                                     "; expected one of the meshes that `mesh` may name"};
  if (!page_at_) return unknown;
  Readings readings;
  readings.at = *page_at_;
  readings.partial.push_back(std::move(unknown));
  return readings;
}

std::string_view AutoConversation::recognise(const Response& answer) {
  const std::string& body = answer.body;
  const std::string path(page_of(questions_[asked_]));
  if (path == identity) {
    const auto info = parse_envoy_server_info(body);
    if (info) return dialect_of(*info);
    note(path + ": " + info.error().message);
    return {};
  }
  if (path == links && names_ztunnel(body)) return "ztunnel";
  const std::string_view dialect = dialect_of_page(body);
  if (!dialect.empty()) return dialect;
  if (is_page(body)) page_at_ = answer.received;
  note(path + ": nothing of a mesh, nor of a gRPC library: " + in_quotes(body));
  return {};
}

}  // namespace

std::string_view dialect_of(const EnvoyServerInfo& info) {
  const std::string_view node = info.node_id;
  for (const std::string_view role : {"sidecar~", "router~", "waypoint~"}) {
    if (node.starts_with(role)) return "istio";
  }
  const bool virtual_node =
      node.starts_with("mesh/") && (node.find("/virtualNode/") != std::string_view::npos ||
                                    node.find("/virtualGateway/") != std::string_view::npos);
  if (virtual_node || node.starts_with("arn:aws:appmesh:")) return "appmesh";
  const auto& said = info.node_metadata;
  return has(said, "partition") && has(said, "namespace") ? "consul" : "envoy";
}

std::string_view dialect_of_page(std::string_view page) {
  std::size_t best = signs.size();
  read_exposition(page, [&](const Sample& sample) {
    for (std::size_t i = 0; i < best; ++i) {
      if (shows(sample, signs[i])) best = i;
    }
  });
  return best == signs.size() ? std::string_view() : signs[best].dialect;
}

std::unique_ptr<Conversation> open_auto(const Target& target, const Config&) {
  return std::make_unique<AutoConversation>(target);
}

}  // namespace mesh
