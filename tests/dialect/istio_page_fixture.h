// An Istio sidecar whose page, or else admin port, answers what a test sets.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "dialect/block_numbers.h"
#include "dialect/scripted_door.h"
#include "dialect/small_book.h"
#include "wire/fixture.h"

namespace mesh {

inline const std::string payments = "payments.shop.svc.cluster.local";
inline const std::string path = "/stats/prometheus";

inline Target sidecar(bool with_admin) {
  Target target;
  target.mesh = "istio";
  if (with_admin) {
    target.admin = Address{"127.0.0.1", 15000, ""};
  } else {
    target.metrics = HttpEndpoint{{"127.0.0.1", 15020, ""}, path};
  }
  return target;
}

inline std::string written(const std::string& file) {
  return fixture("istio/documented/" + file + ".txt");
}

class IstioPageTest : public testing::Test {
 protected:
  explicit IstioPageTest(bool with_admin = false)
      : door_(find_dialect("istio")->open(sidecar(with_admin), Config{})) {}

  void read(const std::string& page) {
    door_.bodies_[path] = page;
    readings_ = door_.readings();
  }
  Numbers to(const std::string& upstream, Counted counted = Counted::calls) const {
    return numbers(*readings_.traffic, counted, Direction::outbound, upstream);
  }
  Numbers received(Counted counted = Counted::calls) const {
    return numbers(*readings_.traffic, counted, Direction::inbound, "");
  }
  // What the page adds to all calls to payments, under whatever name.
  std::uint64_t more_to_payments(const std::string& page) {
    read(page);
    return book_.more(*readings_.traffic, [](const SeriesKey& key) {
      return key.counted == Counted::calls && key.upstream.str().starts_with(payments);
    });
  }

  ScriptedDoor door_;
  Readings readings_;
  SmallBook book_;
};

// A line of Istio's, with as much of its labels as matters here.
inline std::string istios(int number, const std::string& method = "") {
  std::string line = R"(istio_requests_total{reporter="source",request_protocol="grpc",)"
                     R"(grpc_response_status="0",destination_service=")";
  line.append(payments).append("\"");
  if (!method.empty()) line.append(R"(,request_operation="/a.B/)").append(method).append("\"");
  return line.append("} ").append(std::to_string(number)).append("\n");
}

}  // namespace mesh
