// Who is let in by name and password, and what guessing costs whom.
#include "net/basic_auth.h"

#include <crypt.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/rethrow.h"
#include "support/certificates.h"

namespace mesh::basic_auth_test {
namespace {

using namespace std::chrono_literals;
using Verdict = BasicAuth::Verdict;

std::string hash_of(const std::string& password, const std::string& kind = "$2y$",
                    const std::string& cost = "04") {
  crypt_data memory{};
  return crypt_r(password.c_str(), (kind + cost + "$abcdefghijklmnopqrstuu").c_str(), &memory);
}

std::string basic(const std::string& words) { return "Basic " + support::base64(words); }

TEST(ParseBasic, splits_at_the_first_colon) {
  const auto said = parse_basic(basic("alice:pass:word"));
  ASSERT_TRUE(said);
  EXPECT_EQ(said->user, "alice");
  EXPECT_EQ(said->password, "pass:word");
  EXPECT_EQ(parse_basic("bAsIc  " + support::base64(":"))->user, "");
}

TEST(ParseBasic, takes_nothing_else) {
  for (const std::string& text :
       {std::string(), std::string("Basic"), std::string("Basic !"), std::string("Bearer abc"),
        basic("nobody"), std::string("Basic YWxpY2U6") + "eA"}) {
    EXPECT_FALSE(parse_basic(text)) << text;
  }
}

TEST(IsPassword, knows_the_three_spellings_of_bcrypt) {
  for (const char* kind : {"$2a$", "$2b$", "$2y$"}) {
    const std::string hash = hash_of("secret", kind);
    EXPECT_TRUE(is_password("secret", hash)) << kind;
    EXPECT_FALSE(is_password("secre", hash)) << kind;
    EXPECT_FALSE(is_password("", hash)) << kind;
  }
}

TEST(IsPassword, is_the_hash_of_other_tools) {
  EXPECT_TRUE(is_password("fakepassword",  // made by Go
                          "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"));
}

TEST(IsPassword, has_nothing_behind_a_zero_byte) {
  EXPECT_FALSE(is_password(std::string("secret\0more", 11), hash_of("secret")));
}

TEST(IsPassword, is_none_of_what_is_no_hash) {
  for (const char* hash : {"", "*0", "secret", "$2y$04$short"})
    EXPECT_FALSE(is_password("secret", hash));
}

class BasicAuthTest : public ::testing::Test {
 protected:
  boost::asio::awaitable<void> check(std::string authorization, Verdict& into) {
    into = co_await auth.check(std::move(authorization), users);
  }

  // All at once; in the order of the questions.
  std::vector<Verdict> verdicts(const std::vector<std::string>& questions) {
    std::vector<Verdict> all(questions.size(), Verdict::crowded);
    for (std::size_t i = 0; i < questions.size(); ++i) {
      boost::asio::co_spawn(io, check(questions[i], all[i]), rethrow);
    }
    io.run();
    io.restart();
    return all;
  }
  Verdict verdict(const std::string& question) { return verdicts({question}).front(); }

  boost::asio::io_context io{1};
  BasicAuth::Users users{{"alice", hash_of("secret")}, {"bob", hash_of("hidden", "$2b$", "05")}};
  BasicAuth auth;
};

TEST_F(BasicAuthTest, lets_in_who_has_a_right_password) {
  EXPECT_EQ(verdict(basic("alice:secret")), Verdict::right);
  EXPECT_EQ(verdict(basic("bob:hidden")), Verdict::right);
  for (const char* words :
       {"alice:hidden", "bob:secret", "alice:", ":", "carol:secret", "Alice:secret"}) {
    EXPECT_EQ(verdict(basic(words)), Verdict::wrong) << words;
    EXPECT_EQ(verdict(basic(words)), Verdict::wrong) << words << ", remembered";
  }
  EXPECT_EQ(verdict(""), Verdict::wrong);
}

TEST_F(BasicAuthTest, forgets_who_is_let_in_when_users_change) {
  EXPECT_EQ(verdict(basic("alice:secret")), Verdict::right);
  users["alice"] = hash_of("another");
  EXPECT_EQ(verdict(basic("alice:secret")), Verdict::wrong);
  EXPECT_EQ(verdict(basic("alice:another")), Verdict::right);
  users.erase("alice");
  EXPECT_EQ(verdict(basic("alice:another")), Verdict::wrong);
}

// With a cost of 10 a hash takes some 50 ms; what is remembered takes none.
TEST_F(BasicAuthTest, lets_in_at_once_who_was_let_in_before_however_many_guess) {
  users = {{"alice", hash_of("secret", "$2y$", "10")}};
  EXPECT_EQ(verdict(basic("alice:secret")), Verdict::right);
  std::vector<std::string> guesses;
  for (int i = 0; i < 40; ++i) guesses.push_back(basic("alice:guess" + std::to_string(i)));
  Verdict known = Verdict::wrong;
  std::optional<std::chrono::steady_clock::time_point> let_in, over;
  const auto guess = [&](const std::string& words) -> boost::asio::awaitable<void> {
    Verdict guessed = Verdict::right;
    co_await check(words, guessed);
    EXPECT_NE(guessed, Verdict::right);
    over = std::chrono::steady_clock::now();
  };
  for (const std::string& words : guesses) boost::asio::co_spawn(io, guess(words), rethrow);
  const auto scrape = [&]() -> boost::asio::awaitable<void> {
    co_await check(basic("alice:secret"), known);
    let_in = std::chrono::steady_clock::now();
  };
  boost::asio::co_spawn(io, scrape(), rethrow);
  io.run();
  EXPECT_EQ(known, Verdict::right);
  EXPECT_LT(*let_in, *over);
}

TEST_F(BasicAuthTest, has_no_more_than_a_few_wait) {
  std::vector<std::string> guesses;
  for (int i = 0; i < 40; ++i) guesses.push_back(basic("alice:guess" + std::to_string(i)));
  const std::vector<Verdict> all = verdicts(guesses);
  EXPECT_EQ(std::ranges::count(all, Verdict::wrong), 8);
  EXPECT_EQ(std::ranges::count(all, Verdict::crowded), 32);
  EXPECT_EQ(verdict(basic("alice:secret")), Verdict::right) << "there is room again";
}

TEST_F(BasicAuthTest, is_made_to_forget_no_right_password_by_wrong_ones) {
  EXPECT_EQ(verdict(basic("alice:secret")), Verdict::right);
  for (int i = 0; i < 150; ++i) verdict(basic("alice:guess" + std::to_string(i)));
  // Who is crowded out has to wait for a hash: who is known is not.
  std::vector<std::string> questions;
  for (int i = 0; i < 20; ++i) questions.push_back(basic("alice:more" + std::to_string(i)));
  questions.push_back(basic("alice:secret"));
  EXPECT_EQ(verdicts(questions).back(), Verdict::right);
}

// As at the end of the program: this test is for AddressSanitizer.
TEST_F(BasicAuthTest, may_go_while_somebody_waits_who_is_never_told) {
  users = {{"alice", hash_of("secret", "$2y$", "10")}};
  Verdict verdict = Verdict::crowded;
  boost::asio::co_spawn(io, check(basic("alice:secret"), verdict), rethrow);
  io.poll();
  EXPECT_EQ(verdict, Verdict::crowded) << "it was told already";
}

// That a user is there must not be told by how long it takes to say no.
TEST_F(BasicAuthTest, takes_as_long_over_a_user_who_is_not_there) {
  users = {{"alice", hash_of("secret", "$2y$", "10")}, {"bob", hash_of("hidden", "$2y$", "04")}};
  const auto takes = [&](const std::string& words) {
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(verdict(basic(words)), Verdict::wrong);
    return std::chrono::steady_clock::now() - begun;
  };
  const auto dear = takes("alice:wrong"), cheap = takes("bob:wrong"), none = takes("carol:wrong");
  EXPECT_GT(none, dear / 4);
  EXPECT_GT(cheap, dear / 4) << "for that his own hash would take a 64th";
  EXPECT_GT(dear, cheap / 4) << "nor longer than that";
}

}  // namespace
}  // namespace mesh::basic_auth_test
