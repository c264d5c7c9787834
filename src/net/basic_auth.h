// Who may see our pages: HTTP's Basic authentication (RFC 7617) against bcrypt hashes.
//
// A hash takes a tenth of a second and more on purpose, so it is computed on a thread of its own,
// one at a time, and what came of it is remembered. Who guesses passwords therefore keeps that
// thread busy and nobody else: who was let in before is let in again at once. Only a fingerprint of
// the words is kept, made with a key that this process alone has. What is right and what is wrong
// are remembered apart, so that no number of guesses displaces who is known.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/under_way.h"

namespace mesh {

struct Credentials {
  std::string user, password;
};

// Of the value of the header Authorization; nothing if it is of another kind or broken.
std::optional<Credentials> parse_basic(std::string_view authorization);

// Whether that is the password's hash, as crypt(3) knows them. Takes as long as the hash wants.
bool is_password(const std::string& password, const std::string& hash);

// Lives on one thread, that of the coroutines that call it; its own thread touches nothing of it.
class BasicAuth {
 public:
  using Users = std::map<std::string, std::string>;  // to hashes

  // crowded: too many wait for their hash already; to be asked again later.
  enum class Verdict : std::uint8_t { right, wrong, crowded };

  BasicAuth();
  // Waits for the hash that is being computed. Nobody may be waiting in check() any more.
  ~BasicAuth();
  BasicAuth(const BasicAuth&) = delete;
  BasicAuth& operator=(const BasicAuth&) = delete;

  // What is wrong takes as long as the dearest hash of all, whoever it is said of, so that time
  // does not tell who is there. `users` must not be empty and must outlive the call.
  boost::asio::awaitable<Verdict> check(std::string authorization, const Users& users);

 private:
  using Fingerprint = std::array<unsigned char, 32>;

  Fingerprint fingerprint(const Credentials& credentials, const std::string& hash) const;

  Fingerprint key_{};
  std::deque<Fingerprint> right_, wrong_;  // the oldest first
  SharedCount waiting_ = std::make_shared<std::size_t>(0);
  boost::asio::thread_pool thread_{1};
};

}  // namespace mesh
