// Browsers cannot call gRPC-Web here from pages of another origin: the CORS filter lets no origin
// through, or hides from the page how each call ended.
#include "compute/findings/all.h"
#include "compute/findings/settings_audit.h"

namespace mesh {
namespace {

constexpr std::array remedies{
    Remedy{"istio",
           "set corsPolicy in the VirtualService: allowOrigins, and exposeHeaders: [grpc-status, "
           "grpc-message]"},
    Remedy{"consul",
           "add a CorsPolicy to the routes by an EnvoyExtension in the service-defaults: "
           "allow_origin_string_match, and expose_headers: \"grpc-status,grpc-message\""},
    Remedy{"",
           "give the virtual host a CorsPolicy (typed_per_filter_config): "
           "allow_origin_string_match, and expose_headers: \"grpc-status,grpc-message\""},
};

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  audit_listeners("grpc_web_cors", remedies, snapshot, found, [](const ListenerSettings& settings) {
    const bool none = settings.web_origins == WebOrigins::none_allowed;
    const bool hidden = settings.web_origins == WebOrigins::status_hidden;
    std::optional<SettingsVerdict> verdict;
    if (!none && !hidden) return verdict;
    verdict.emplace();
    verdict->words = none ? "serves gRPC-Web and its CORS filter allows no origin: browsers "
                            "refuse to call it from other pages"
                          : "serves gRPC-Web and does not expose grpc-status and grpc-message: "
                            "pages of another origin cannot see how a call ended";
    verdict->evidence = {{"origins_allowed", none ? 0.0 : 1.0, Unit::count},
                         {"status_exposed", 0, Unit::count}};
    return verdict;
  });
}

}  // namespace

const FindingMaker grpc_web_cors{"grpc_web_cors",
                                 "gRPC-Web is served and its CORS policy rejects browsers.",
                                 Stated::at_once, find, Among::settings};

}  // namespace mesh
