// A thousand bundles that another thread replaces while they are read: nothing half old and half
// new is ever shown, and in the end nothing is missing.
#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "scrape/certificate_directory.h"

namespace mesh::certificate_files_swapped_test {
namespace {

using SwappedFiles = CertificateDirectory;

constexpr int bundles = 1000, least_looks = 3;

std::string name_of(int bundle) { return "in/bundle-" + std::to_string(bundle) + ".pem"; }

TEST_F(SwappedFiles, are_shown_old_or_new_and_all_of_them_in_the_end) {
  // Of two sizes, so that an old beginning with a new end would not read as either.
  std::vector<std::string> versions;
  for (const std::string name : {"even", "odd", "last"}) {
    std::string text = leaf(name);
    if (name == "odd") text.resize(text.size() + 3000, '\n');
    versions.push_back(text + leaf(name));
  }
  for (int i = 0; i < bundles; ++i) write(name_of(i), versions[0]);
  watch({{"in/*.pem", ""}});
  ASSERT_EQ(shown().size(), std::size_t{bundles});

  std::atomic<bool> enough = false;
  std::thread swapper([&] {
    const auto swap_all = [&](std::size_t version) {
      for (int i = 0; i < bundles; ++i) write_elsewhere_and_move(name_of(i), versions[version]);
    };
    for (std::size_t round = 1; !enough; ++round) swap_all(round % 2);
    swap_all(2);
  });
  std::set<std::string> seen;
  const auto has_looked_enough = [&] {
    const Shown now = shown();
    EXPECT_EQ(now.size(), std::size_t{bundles});
    for (const auto& [path, text] : now) seen.insert(text);
    return changes_ > least_looks;
  };
  EXPECT_TRUE(run_until(has_looked_enough, std::chrono::seconds{60}));
  enough = true;
  swapper.join();
  EXPECT_EQ(seen, (std::set<std::string>{"even even", "odd odd"}));
  const auto is_last = [](const auto& file) { return file.second == "last last"; };
  EXPECT_TRUE(run_until([&] { return std::ranges::all_of(shown(), is_last); }));
  EXPECT_EQ(watching_->files_watched(), std::size_t{bundles});
  EXPECT_EQ(watching_->read_errors(), 0u);
}

}  // namespace
}  // namespace mesh::certificate_files_swapped_test
