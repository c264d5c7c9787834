// The trust bundles of the configuration, read again when their files change, what is known of
// them, and the one question that is put to them: whether they vouch for a chain that a server
// showed.
//
// A file that cannot be read any longer leaves the bundle as it was: whoever has loaded it goes on
// with the old one, too. Lives on one thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "config/config.h"
#include "model/tls_endpoint.h"
#include "model/trust_bundle.h"
#include "scrape/file_read.h"
#include "wire/x509_verify.h"

namespace mesh {

class TrustStore {
 public:
  explicit TrustStore(std::vector<TrustConfig> bundles);

  // Reads again what has changed. Blocks for the time of a look at each file.
  void refresh();

  // As last read, in the order of the configuration.
  std::vector<TrustBundleState> states() const;

  // By the first bundle that vouches for the chain, else by the first that could have: a bundle of
  // a SPIFFE trust domain is asked about the identities of that domain only, and then the domain is
  // what the name is held against; any other bundle about all names, and then `dns_name` is ("" for
  // any). Nothing if no bundle is to be asked.
  std::optional<TrustVerdict> judge(const Certificate& leaf, std::span<const std::string> chain,
                                    const std::string& dns_name, WallTime at);

 private:
  struct Bundle {
    TrustBundleState state;
    FileSignature signature;
    std::optional<TrustBundle> trusted;
  };
  static void refresh(Bundle& bundle);

  std::vector<Bundle> bundles_;
};

}  // namespace mesh
