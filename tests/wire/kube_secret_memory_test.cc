// A private key that came by with a Secret is nowhere in the memory of the process afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "wire/kube_object.h"
#include "wire/kube_secret.h"
#include "wire/kube_stream.h"

namespace mesh::kube_secret_memory_test {
namespace {

constexpr char mask = 0x55;
constexpr std::size_t key_bytes = 3'000;

// Words that are found nowhere else; masked, so that the search does not find what it looks for.
std::string masked_key() {
  std::mt19937 random(std::random_device{}());
  std::string key;
  for (std::size_t i = 0; i < key_bytes; ++i) key += static_cast<char>('a' + random() % 26) ^ mask;
  return key;
}

// Times that the middle of the key stands in memory that can be written.
std::size_t times_in_memory(const std::string& masked) {
  constexpr std::size_t length = 32;
  const std::string_view wanted = std::string_view(masked).substr(key_bytes / 2, length);
  std::ifstream maps("/proc/self/maps"), memory("/proc/self/mem", std::ios::binary);
  std::size_t times = 0;
  for (std::string line; std::getline(maps, line);) {
    std::uint64_t begin = 0, end = 0;
    char dash = 0;
    std::string rights;
    std::istringstream(line) >> std::hex >> begin >> dash >> end >> rights;
    if (!rights.starts_with("rw") || end - begin > (std::uint64_t{1} << 30)) continue;
    std::string bytes(end - begin, '\0');
    memory.clear();
    memory.seekg(static_cast<std::streamoff>(begin));
    memory.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    for (char& c : bytes) c ^= mask;
    const auto found = bytes.find(wanted);
    times += found == std::string::npos ? 0 : 1;
    // What was searched would be found in a later part of the memory, unmasked as it is now.
    explicit_bzero(bytes.data(), bytes.size());
  }
  return times;
}

// In chunks, as it comes from a server.
void feed(ObjectCutter& cutter, const std::string& masked) {
  KubeReader<KubeSecret> reader;
  const auto read = [&](std::string_view object) {
    const auto event = reader.read_event(object);
    ASSERT_TRUE(event) << event.error().message;
    EXPECT_EQ(event->object.private_keys, 1u);
  };
  std::string head = R"({"type":"ADDED","object":{"metadata":{"name":"a","namespace":"b",)";
  head += R"("resourceVersion":"1"},"type":"kubernetes.io/tls","data":{"tls.key":")";
  cutter.feed(head, read);
  char chunk[64];
  for (std::size_t at = 0; at < masked.size(); at += sizeof chunk) {
    const std::size_t bytes = std::min(sizeof chunk, masked.size() - at);
    for (std::size_t i = 0; i < bytes; ++i) chunk[i] = masked[at + i] ^ mask;
    cutter.feed({chunk, bytes}, read);
  }
  explicit_bzero(chunk, sizeof chunk);
  cutter.feed(R"(","tls.crt":""}}})", read);
}

TEST(KubeSecretMemory, has_no_key_that_came_by) {
  const std::string masked = masked_key();
  ObjectCutter cutter(1 << 20);
  feed(cutter, masked);
  EXPECT_EQ(times_in_memory(masked), 0u);
}

// That the search finds what is there.
TEST(KubeSecretMemory, is_searched) {
  const std::string masked = masked_key();
  std::string key = masked;
  for (char& c : key) c ^= mask;
  EXPECT_GE(times_in_memory(masked), 1u);
  EXPECT_NE(key, masked);
}

}  // namespace
}  // namespace mesh::kube_secret_memory_test
