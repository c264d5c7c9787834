// When files that have changed are read again: not while they are still being written.
#include "app/settled_change.h"

#include <gtest/gtest.h>

namespace mesh::settled_change_test {
namespace {

FileSignature of_size(off_t size) {
  FileSignature signature;
  signature.size = size;
  return signature;
}

TEST(SettledChange, is_one_that_was_the_same_for_two_looks) {
  SettledChange change({of_size(1), of_size(2)});
  EXPECT_FALSE(change.look({of_size(1), of_size(2)}));
  EXPECT_FALSE(change.look({of_size(1), of_size(3)})) << "it may go on";
  EXPECT_FALSE(change.look({of_size(1), of_size(4)})) << "it did";
  EXPECT_TRUE(change.look({of_size(1), of_size(4)}));
}

TEST(SettledChange, is_none_once_it_was_read_or_taken_back) {
  SettledChange change({of_size(1)});
  EXPECT_FALSE(change.look({of_size(2)}));
  EXPECT_FALSE(change.look({of_size(1)})) << "as it was read";
  EXPECT_FALSE(change.look({of_size(2)}));
  change.was_read({of_size(2)});
  EXPECT_FALSE(change.look({of_size(2)}));
}

TEST(SettledChange, is_told_until_it_is_read) {
  SettledChange change({of_size(1)});
  change.look({of_size(2)});
  EXPECT_TRUE(change.look({of_size(2)}));
  EXPECT_TRUE(change.look({of_size(2)}));
}

}  // namespace
}  // namespace mesh::settled_change_test
