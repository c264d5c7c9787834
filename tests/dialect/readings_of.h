// What a conversation that went well ended in, for whoever plays the other side of it.
#pragma once

#include <gtest/gtest.h>

#include <variant>

#include "dialect/conversation.h"

namespace mesh {

// The readings; none, and a test that fails with the words of the failure, if there is one.
inline Readings readings_of(const Step& step) {
  const auto* const failure = std::get_if<Failure>(&step);
  const auto* const readings = std::get_if<Readings>(&step);
  EXPECT_NE(readings, nullptr) << (failure ? failure->message : "");
  return readings ? *readings : Readings{};
}

}  // namespace mesh
