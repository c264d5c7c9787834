// Reading bundles and choosing among them; see trust_store.h.
#include "app/trust_store.h"

#include <chrono>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "base/regular_file.h"

namespace mesh {
namespace {

constexpr std::string_view spiffe = "spiffe://";
constexpr std::string_view unopened = "cannot be read: ";

Result<TrustBundle> read_bundle(const std::string& path, const FileLook& look) {
  if (look.kind == FileLook::Kind::absent) return Error{"no such file"};
  if (look.kind == FileLook::Kind::other) return Error{look.error};
  if (look.signature.size > static_cast<off_t>(limits::certificate_file_bytes)) {
    return Error{"larger than " + std::to_string(limits::certificate_file_bytes >> 20) + " MiB"};
  }
  const Result<std::string> pem = read_regular_file(path, limits::certificate_file_bytes);
  if (!pem) return Error{std::string(unopened) + pem.error().message};
  return TrustBundle::read(*pem);
}

}  // namespace

TrustStore::TrustStore(std::vector<TrustConfig> bundles) {
  for (TrustConfig& config : bundles) {
    Bundle bundle;
    bundle.state.name = std::move(config.name);
    bundle.state.file = std::move(config.file);
    bundle.state.spiffe_trust_domain = std::move(config.spiffe_trust_domain);
    bundles_.push_back(std::move(bundle));
  }
}

void TrustStore::refresh() {
  for (Bundle& bundle : bundles_) refresh(bundle);
}

void TrustStore::refresh(Bundle& bundle) {
  TrustBundleState& state = bundle.state;
  const FileLook look = look_at_file(state.file);
  const bool same = look.kind == FileLook::Kind::regular && look.signature == bundle.signature;
  if (same) return;
  auto read = read_bundle(state.file, look);
  std::string error = read ? "" : read.error().message;
  // A bad one is not read again before it changes, either; what keeps a file from being opened need
  // not show in its signature.
  bundle.signature = error.starts_with(unopened) ? FileSignature{} : look.signature;
  if (read) {
    bundle.trusted = std::move(*read);
    state.unreadable = bundle.trusted->unreadable();
    state.read = std::chrono::system_clock::now();
    state.certificates =
        std::make_shared<const std::vector<Certificate>>(bundle.trusted->certificates());
    if (state.unreadable > 0) {
      log(LogLevel::warn, "a certificate in a trust bundle cannot be read, the others can",
          {{"bundle", state.name}, {"count", state.unreadable}});
    }
  } else if (error != state.error) {
    log(LogLevel::warn, "a trust bundle cannot be read",
        {{"bundle", state.name}, {"file", state.file}, {"error", error}});
  }
  state.error = std::move(error);
}

std::vector<TrustBundleState> TrustStore::states() const {
  std::vector<TrustBundleState> states;
  for (const Bundle& bundle : bundles_) states.push_back(bundle.state);
  return states;
}

std::optional<TrustVerdict> TrustStore::judge(const Certificate& leaf,
                                              std::span<const std::string> chain,
                                              const std::string& dns_name, WallTime at) {
  const std::string_view domain = trust_domain_of(identity_of(leaf));
  std::optional<TrustVerdict> first;
  for (Bundle& bundle : bundles_) {
    const std::string& its_domain = bundle.state.spiffe_trust_domain;
    if (!its_domain.empty() && its_domain != domain) continue;
    refresh(bundle);
    if (!bundle.trusted) continue;
    std::string name = domain.empty() ? dns_name : "";
    if (!its_domain.empty()) name = std::string(spiffe) + its_domain;
    const Verdict verdict = verify_chain(chain, *bundle.trusted, name, at, Purpose::server);
    TrustVerdict said{bundle.state.name, verdict.verified(),
                      verdict.reason ? std::string(to_string(*verdict.reason)) : "", verdict.words};
    if (said.verified) return said;
    if (!first) first = std::move(said);
  }
  return first;
}

}  // namespace mesh
