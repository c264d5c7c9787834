// Whose an address is, as far as the agent knows: of the targets that it watches, and of the pods
// that it was told of. So an endpoint, which a proxy knows by its address only, gets the name of
// its pod.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "model/target.h"

namespace mesh {

struct PodName {
  std::string ns, pod;

  bool operator==(const PodName&) const = default;
};

class PodAddresses {
 public:
  // An address that several pods have (those on the host's network) is nobody's, and a loopback
  // address, which everybody has, is not taken.
  void add(const std::string& ip, const PodName& pod);
  // The addresses at which it is asked.
  void add(const Target& target);

  // Of "10.0.0.7:50051" or "[fd00::7]:50051"; null if it is not known.
  const PodName* of_endpoint(std::string_view endpoint) const;

 private:
  std::map<std::string, PodName, std::less<>> pods_;  // an empty name: of several
};

}  // namespace mesh
