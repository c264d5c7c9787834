// Runs one TLS handshake to its end, for tests.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "net/tls_handshake.h"

namespace mesh::support {

inline boost::asio::awaitable<void> shake(TlsQuestion question, Instant deadline,
                                          std::optional<Result<TlsAnswer, Failure>>& outcome) {
  auto result = co_await tls_handshake(std::move(question), deadline);
  outcome = std::move(result);
}

// On an event loop of its own that runs until nothing at all is left to do.
inline Result<TlsAnswer, Failure> shake_hands(
    TlsQuestion question, std::chrono::milliseconds within = std::chrono::seconds(20)) {
  boost::asio::io_context io{1};
  std::optional<Result<TlsAnswer, Failure>> outcome;
  const Instant deadline = Instant::clock::now() + within;
  boost::asio::co_spawn(io, shake(std::move(question), deadline, outcome), boost::asio::detached);
  io.run();
  return std::move(*outcome);
}

inline TlsQuestion question_to(const Address& address) {
  TlsQuestion question;
  question.address = address;
  return question;
}

// "reason: message", or "answered".
inline std::string trouble(const Result<TlsAnswer, Failure>& outcome) {
  if (outcome) return "answered";
  return std::string(to_string(outcome.error().reason)) + ": " + outcome.error().message;
}

// Of an outcome that must be an answer.
inline TlsAnswer answered(const Result<TlsAnswer, Failure>& outcome) {
  EXPECT_EQ(trouble(outcome), "answered");
  return outcome ? *outcome : TlsAnswer{};
}

}  // namespace mesh::support
