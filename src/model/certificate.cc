// Words for certificates, and which of two is the newer.
#include "model/certificate.h"

#include <algorithm>
#include <tuple>

namespace mesh {
namespace {

bool is_spiffe(const SubjectAltName& name) {
  constexpr std::string_view scheme = "spiffe://";
  if (name.kind != SubjectAltName::Kind::uri || name.text.size() < scheme.size()) return false;
  return std::equal(scheme.begin(), scheme.end(), name.text.begin(), [](char want, char have) {
    return want == (have >= 'A' && have <= 'Z' ? static_cast<char>(have - 'A' + 'a') : have);
  });
}

}  // namespace

std::string_view to_string(CertificateSource source) {
  switch (source) {
    case CertificateSource::admin: return "admin";
    case CertificateSource::handshake: return "handshake";
    case CertificateSource::proxy: return "proxy";
    case CertificateSource::file: return "file";
    case CertificateSource::secret: return "secret";
  }
  return "";
}

std::string_view to_string(CertificateRole role) {
  switch (role) {
    case CertificateRole::leaf: return "leaf";
    case CertificateRole::intermediate: return "intermediate";
    case CertificateRole::root: return "root";
  }
  return "";
}

std::string_view to_string(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::unknown: return "";
    case KeyAlgorithm::rsa: return "rsa";
    case KeyAlgorithm::ecdsa: return "ecdsa";
    case KeyAlgorithm::ed25519: return "ed25519";
  }
  return "";
}

std::string_view identity_of(const Certificate& certificate) {
  const auto& sans = certificate.sans;
  const auto spiffe = std::find_if(sans.begin(), sans.end(), is_spiffe);
  if (spiffe != sans.end()) return spiffe->text;
  const auto dns = std::find_if(sans.begin(), sans.end(), [](const SubjectAltName& name) {
    return name.kind == SubjectAltName::Kind::dns && !name.text.empty();
  });
  if (dns != sans.end()) return dns->text;
  if (!certificate.subject_common_name.empty()) return certificate.subject_common_name;
  return certificate.path;
}

std::string_view trust_domain_of(std::string_view identity) {
  constexpr std::string_view spiffe = "spiffe://";
  if (!identity.starts_with(spiffe)) return {};
  identity.remove_prefix(spiffe.size());
  return identity.substr(0, identity.find('/'));
}

bool is_newer(const Certificate& a, const Certificate& b) {
  // Without not_before only the end can tell; nullopt is before every date.
  return std::tie(a.not_before, a.not_after, a.serial) >
         std::tie(b.not_before, b.not_after, b.serial);
}

std::optional<double> life_left(const Certificate& certificate, WallTime now) {
  if (!certificate.not_before || *certificate.not_before >= certificate.not_after) {
    return std::nullopt;
  }
  // In floating point: the year 9999 is beyond WallTime.
  const auto unix_time = [](std::chrono::sys_seconds t) {
    return static_cast<double>(t.time_since_epoch().count());
  };
  const double end = unix_time(certificate.not_after);
  const double life = end - unix_time(*certificate.not_before);
  return std::clamp((end - unix_seconds(now)) / life, 0.0, 1.0);
}

}  // namespace mesh
