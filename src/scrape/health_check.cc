// What each way in which a call can end says about the server's health.
#include "scrape/health_check.h"

#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "base/utf8.h"
#include "wire/grpc_code.h"
#include "wire/grpc_health.h"

namespace mesh {
namespace {

// What can be done about an answer of which probes are the cause: they have no credentials, so that
// none lie in the configuration of a monitor.
std::string_view remedy(std::string_view code) {
  if (code == "UNAUTHENTICATED") {
    return "; probes have no credentials but a client certificate: let everybody call "
           "grpc.health.v1.Health, or trust that certificate";
  }
  if (code == "PERMISSION_DENIED") return "; let this caller call grpc.health.v1.Health";
  return "";
}

HealthLook look_at(const GrpcAnswer& answer) {
  if (answer.code == "UNIMPLEMENTED") return {HealthStatus::unimplemented, "", {}};
  if (answer.code == "NOT_FOUND") return {HealthStatus::service_unknown, "", {}};
  if (answer.code == "OK") {
    const auto status = parse_health_check_response(answer.response);
    if (status) return {*status, "", {}};
    return {HealthStatus::failed, "what it answers is no health", {}};
  }
  constexpr std::size_t most = 200;
  std::string words(answer.code);
  if (answer.code == other_grpc_code) words = "status " + std::to_string(answer.number);
  if (!answer.message.empty()) words.append(": ").append(shown_on_one_line(answer.message, most));
  words += remedy(answer.code);
  return {HealthStatus::failed, std::move(words), {}};
}

// An answer that is none of gRPC's, or larger than any honest one, is an answer all the same.
HealthLook look_at(const Failure& failure) {
  if (failure.reason == Reason::not_asked) return {HealthStatus::not_asked, failure.message, {}};
  const bool answered = failure.reason == Reason::parse || failure.reason == Reason::too_large ||
                        failure.reason == Reason::http_status;
  return {answered ? HealthStatus::failed : HealthStatus::unreachable, failure.message, {}};
}

}  // namespace

boost::asio::awaitable<HealthLook> check_health(std::shared_ptr<GrpcChannel> channel,
                                                std::string service, Instant deadline) {
  const Instant began = std::chrono::steady_clock::now();
  const std::string path(health_check_path), request = health_check_request(service);
  const auto answer = co_await grpc_call(channel, path, request, deadline);
  HealthLook look = answer ? look_at(*answer) : look_at(answer.error());
  look.took = std::chrono::steady_clock::now() - began;
  co_return look;
}

std::shared_ptr<GrpcStream> watch_health(const boost::asio::any_io_executor& executor,
                                         std::shared_ptr<GrpcChannel> channel,
                                         const std::string& service) {
  return std::make_shared<GrpcStream>(executor, std::move(channel), std::string(health_watch_path),
                                      health_check_request(service));
}

}  // namespace mesh
