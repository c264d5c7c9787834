// Probes that scrapers ask for. Who asks for the same at the same time is answered by one probe:
// however many ask, and however long the server says nothing, one question is under way.
//
// Each waits as long as it likes and is told what was found by then; a question that is under way
// is heard out, and the next is not asked when nobody waits any more. What is found is counted
// nowhere. At the end of the program nobody is waited for: who asked is told so.
//
// Lives on one thread (the executor's).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "app/watched_service.h"
#include "base/clock.h"
#include "expose/probe_page.h"

namespace mesh {

class ProbesNow : public std::enable_shared_from_this<ProbesNow> {
 public:
  using Services = std::vector<std::shared_ptr<WatchedService>>;

  explicit ProbesNow(boost::asio::any_io_executor executor);
  ~ProbesNow();

  // Asks each of these, of which there is one at least. `gone`: whether who wants to know has left;
  // null: nobody can leave. Must be owned by a shared_ptr.
  static boost::asio::awaitable<ProbedNow> ask(std::shared_ptr<ProbesNow> self, Services services,
                                               Instant latest, std::function<bool()> gone);

  // Nothing more is asked, and all who wait are answered with what was found so far.
  void stop();

 private:
  struct Probing;
  class Waiting;
  std::shared_ptr<Probing> under_way(const Services& services) const;
  void begin(std::shared_ptr<Probing> probing);
  static boost::asio::awaitable<void> make(std::shared_ptr<Probing> probing);

  boost::asio::any_io_executor executor_;
  std::vector<std::shared_ptr<Probing>> under_way_;
};

}  // namespace mesh
