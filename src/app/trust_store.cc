// Reading bundles and choosing among them; see trust_store.h.
#include "app/trust_store.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "base/log.h"

namespace mesh {
namespace {

constexpr std::string_view spiffe = "spiffe://";
constexpr std::string_view unopened = "cannot be opened";

// "mesh.test" of "spiffe://mesh.test/ns/shop"; "" if it is no SPIFFE ID.
std::string_view trust_domain_of(std::string_view identity) {
  if (!identity.starts_with(spiffe)) return {};
  identity.remove_prefix(spiffe.size());
  return identity.substr(0, identity.find('/'));
}

Result<TrustBundle> read_bundle(const std::string& path, const FileLook& look) {
  if (look.kind == FileLook::Kind::absent) return Error{"no such file"};
  if (look.kind == FileLook::Kind::other) return Error{look.error};
  if (look.signature.size > static_cast<off_t>(certificate_file_bytes)) {
    return Error{"larger than " + std::to_string(certificate_file_bytes >> 20) + " MiB"};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{std::string(unopened)};
  const std::string pem(std::istreambuf_iterator<char>(file), {});
  return TrustBundle::read(pem);
}

}  // namespace

TrustStore::TrustStore(std::vector<TrustConfig> bundles) {
  for (TrustConfig& config : bundles) bundles_.push_back({std::move(config), {}, {}, ""});
}

void TrustStore::refresh(Bundle& bundle) {
  const FileLook look = look_at_file(bundle.config.file);
  const bool same = look.kind == FileLook::Kind::regular && look.signature == bundle.signature;
  if (same) return;
  auto read = read_bundle(bundle.config.file, look);
  std::string error = read ? "" : read.error().message;
  // A bad one is not read again before it changes, either; what keeps a file from being opened need
  // not show in its signature.
  bundle.signature = error == unopened ? FileSignature{} : look.signature;
  if (read) {
    bundle.trusted = std::move(*read);
    if (bundle.trusted->unreadable() > 0) {
      log(LogLevel::warn, "a certificate in a trust bundle cannot be read, the others can",
          {{"bundle", bundle.config.name}, {"count", bundle.trusted->unreadable()}});
    }
  } else if (error != bundle.error) {
    log(LogLevel::warn, "a trust bundle cannot be read",
        {{"bundle", bundle.config.name}, {"file", bundle.config.file}, {"error", error}});
  }
  bundle.error = std::move(error);
}

std::optional<TrustVerdict> TrustStore::judge(const Certificate& leaf,
                                              std::span<const std::string> chain,
                                              const std::string& dns_name, WallTime at) {
  const std::string_view domain = trust_domain_of(identity_of(leaf));
  std::optional<TrustVerdict> first;
  for (Bundle& bundle : bundles_) {
    const std::string& its_domain = bundle.config.spiffe_trust_domain;
    if (!its_domain.empty() && its_domain != domain) continue;
    refresh(bundle);
    if (!bundle.trusted) continue;
    std::string name = domain.empty() ? dns_name : "";
    if (!its_domain.empty()) name = std::string(spiffe) + its_domain;
    const Verdict verdict = verify_chain(chain, *bundle.trusted, name, at, Purpose::server);
    TrustVerdict said{bundle.config.name, verdict.verified(),
                      verdict.reason ? std::string(to_string(*verdict.reason)) : "", verdict.words};
    if (said.verified) return said;
    if (!first) first = std::move(said);
  }
  return first;
}

}  // namespace mesh
