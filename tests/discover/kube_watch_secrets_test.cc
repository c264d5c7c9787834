// A watch of Secrets shows nothing of them, whatever a server may send.
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "discover/kube_watch.h"

namespace mesh::kube_watch_secrets_test {
namespace {

TEST(KubeWatch, shows_nothing_of_secrets_that_it_cannot_read) {
  KubeWatch watch({secrets_kind, "", "", ""}, std::make_shared<KubeObjects<KubeSecret>>(1), 1);
  watch.next();
  watch.answered(200);
  watch.arrived(R"({"kind":"SecretList","metadata":{"resourceVersion":"1"},"items":[]})");
  watch.ended({}, std::nullopt);
  watch.next();
  watch.answered(200);
  EXPECT_FALSE(watch.arrived(R"("tls.key":"LS0tLS1")"));
  EXPECT_EQ(watch.unreadable_sample(), "watch: no event");
}

}  // namespace
}  // namespace mesh::kube_watch_secrets_test
