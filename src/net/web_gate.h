// What every request passes before it is answered, whatever its path: how many there may be in a
// time, who may ask, how many scrapes there may be at once; and what every answer says besides.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include "model/web_config.h"
#include "net/basic_auth.h"
#include "net/http_server.h"
#include "net/token_bucket.h"
#include "net/under_way.h"

namespace mesh {

// So many requests for this path are answered at once; one more is told 503. 0: any number.
struct ScrapeLimit {
  std::string path;
  std::size_t most = 0;
};

// Lives on the thread of the server's executor.
class WebGate {
 public:
  explicit WebGate(WebHandler inside, ScrapeLimit limit = {});

  // In force for the next request on every connection. Whoever lost his password by this has lost
  // his access.
  void change(std::shared_ptr<const WebConfig> config);

  // A WebHandler: 429 beyond the rate, 401 for who may not ask, 503 beyond a limit.
  boost::asio::awaitable<WebReply> handle(WebRequest request);

 private:
  boost::asio::awaitable<WebReply> admit(WebRequest request, const WebConfig& config);
  boost::asio::awaitable<WebReply> answer(WebRequest request);

  const WebHandler inside_;
  const ScrapeLimit limit_;
  std::shared_ptr<const WebConfig> config_ = std::make_shared<const WebConfig>();
  TokenBucket bucket_;
  SharedCount scrapes_ = std::make_shared<std::size_t>(0);
  BasicAuth auth_;
};

}  // namespace mesh
