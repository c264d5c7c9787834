// Answers of /clusters as the tests of both their forms read them.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "wire/envoy_clusters.h"

namespace mesh {

// The test fails if the whole is not readable.
inline EnvoyClusters from_json(std::string_view body) {
  auto answer = parse_envoy_clusters_json(body);
  EXPECT_TRUE(answer.ok()) << (answer ? "" : answer.error().message);
  return answer ? *answer : EnvoyClusters{};
}

inline EnvoyClusters from_text(std::string_view body) {
  auto answer = parse_envoy_clusters_text(body);
  EXPECT_TRUE(answer.ok()) << (answer ? "" : answer.error().message);
  return answer ? *answer : EnvoyClusters{};
}

}  // namespace mesh
