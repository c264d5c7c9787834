// Decoding, hashing, remembering; see basic_auth.h for the reasons.
#include "net/basic_auth.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <new>
#include <utility>

#include "base/base64.h"

namespace mesh {
namespace {

namespace asio = boost::asio;

// Of each kind. There are a few users, and each has one password.
constexpr std::size_t most_remembered = 100;

// Hashes that wait for the one thread: with the usual cost of 10 for less than a second.
constexpr std::size_t most_waiting = 8;

constexpr std::string_view scheme = "basic ";

bool is_scheme(std::string_view text) {
  return std::ranges::equal(text, scheme, {},
                            [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
}

template <class Remembered, class Fingerprint>
bool knows(const Remembered& remembered, const Fingerprint& one) {
  return std::ranges::find(remembered, one) != remembered.end();
}

template <class Remembered, class Fingerprint>
void remember(Remembered& remembered, const Fingerprint& one) {
  if (knows(remembered, one)) return;
  if (remembered.size() == most_remembered) remembered.pop_front();
  remembered.push_back(one);
}

// Of "$2y$10$…" 10: of each one more a hash takes twice as long.
int cost_of(const std::string& hash) { return (hash[4] - '0') * 10 + (hash[5] - '0'); }

int dearest_of(const BasicAuth::Users& users) {
  int cost = 0;
  for (const auto& [user, hash] : users) cost = std::max(cost, cost_of(hash));
  return cost;
}

// No password has it.
std::string nobodys_hash(int cost) {
  const std::string digits{static_cast<char>('0' + cost / 10), static_cast<char>('0' + cost % 10)};
  return "$2b$" + digits + "$" + std::string(22, '.') + std::string(31, '.');
}

// Where the hash is cheaper than the dearest, one of each cost from its own on makes up for what is
// missing: 16 + (16 + 32 + 64) is 128.
asio::awaitable<bool> compute(std::string password, std::string hash, int dearest) {
  const bool right = is_password(password, hash);
  for (int cost = cost_of(hash); !right && cost < dearest; ++cost) {
    is_password(password, nobodys_hash(cost));
  }
  co_return right;
}

}  // namespace

std::optional<Credentials> parse_basic(std::string_view authorization) {
  if (!is_scheme(authorization.substr(0, scheme.size()))) return std::nullopt;
  authorization.remove_prefix(scheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  std::string text;
  Base64Decoder decoder;
  if (!decoder.feed(authorization, text) || !decoder.complete()) return std::nullopt;
  const auto colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{text.substr(0, colon), text.substr(colon + 1)};
}

bool is_password(const std::string& password, const std::string& hash) {
  // To crypt(3) a password ends at the first zero byte: what follows would not count.
  if (password.find('\0') != std::string::npos) return false;
  const auto memory = std::make_unique<crypt_data>();
  const char* const made = crypt_r(password.c_str(), hash.c_str(), memory.get());
  const bool same = made != nullptr && strlen(made) == hash.size() &&
                    CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
  explicit_bzero(memory.get(), sizeof(crypt_data));
  return same;
}

BasicAuth::BasicAuth() {
  if (RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1) throw std::bad_alloc();
}

BasicAuth::~BasicAuth() = default;

// Each part with its length in front, so that none runs into the next.
BasicAuth::Fingerprint BasicAuth::fingerprint(const Credentials& credentials,
                                              const std::string& hash) const {
  std::string text;
  for (const std::string* part : {&credentials.user, &hash, &credentials.password}) {
    text.append(std::to_string(part->size())).append(":").append(*part);
  }
  Fingerprint print{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), print.data(), &size);
  explicit_bzero(text.data(), text.size());
  return print;
}

asio::awaitable<BasicAuth::Verdict> BasicAuth::check(std::string authorization,
                                                     const Users& users) {
  const std::optional<Credentials> said = parse_basic(authorization);
  if (!said) co_return Verdict::wrong;
  const auto user = users.find(said->user);
  const bool known = user != users.end();
  const int dearest = dearest_of(users);
  const std::string hash = known ? user->second : nobodys_hash(dearest);
  const Fingerprint print = fingerprint(*said, hash);
  if (known && knows(right_, print)) co_return Verdict::right;
  if (knows(wrong_, print)) co_return Verdict::wrong;
  if (*waiting_ == most_waiting) co_return Verdict::crowded;

  const UnderWay waiting(waiting_);
  asio::awaitable<bool> computing = compute(said->password, hash, dearest);
  asio::awaitable<bool> computed =
      asio::co_spawn(thread_, std::move(computing), asio::use_awaitable);
  const bool same = co_await std::move(computed);
  const bool right = known && same;
  remember(right ? right_ : wrong_, print);
  co_return right ? Verdict::right : Verdict::wrong;
}

}  // namespace mesh
