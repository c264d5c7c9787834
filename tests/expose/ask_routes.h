// What the tests of the routes share: a request, and the reply to it, as the server would carry
// them.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "expose/routes.h"
#include "expose/sample_page.h"

namespace mesh::sample {

inline std::shared_ptr<const Snapshot> two_sidecars_now() {
  return std::make_shared<const Snapshot>(two_sidecars());
}

inline WebRequest get(std::string path, std::string accept = "", std::string accept_encoding = "") {
  return {"GET", std::move(path), "", std::move(accept), std::move(accept_encoding), ""};
}

// The replies to requests that are all under way at once.
inline std::vector<WebReply> ask(Routes& routes, std::vector<WebRequest> requests) {
  boost::asio::io_context io;
  std::vector<WebReply> replies(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    boost::asio::awaitable<WebReply> reply = routes.handle(std::move(requests[i]));
    boost::asio::co_spawn(io, std::move(reply),
                          [&replies, i](std::exception_ptr error, WebReply answer) {
                            EXPECT_EQ(error, nullptr);
                            replies[i] = std::move(answer);
                          });
  }
  io.run();
  return replies;
}

inline WebReply ask(Routes& routes, WebRequest request) {
  std::vector<WebRequest> requests;
  requests.push_back(std::move(request));
  return ask(routes, std::move(requests)).front();
}

}  // namespace mesh::sample
