// Whose an address is, as far as the agent knows: of the targets that it watches, and of the pods
// that it was told of. So an endpoint, which a proxy knows by its address only, gets the name of
// its pod.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "model/endpoint_slice.h"
#include "model/slice_addresses.h"
#include "model/target.h"

namespace mesh {

class PodAddresses {
 public:
  // An address that several pods have (those on the host's network) is nobody's, and a loopback
  // address, which everybody has, is not taken.
  void add(const std::string& ip, const PodName& pod);
  // The addresses at which it is asked.
  void add(const Target& target);

  // What is known of the whole cluster: second to what was added one by one, which is fresher.
  // Null: nothing.
  void set_elsewhere(std::shared_ptr<const SliceAddresses> slices);

  // Of "10.0.0.7:50051" or "[fd00::7]:50051"; null if it is not known.
  const PodName* of_endpoint(std::string_view endpoint) const;

 private:
  std::map<std::string, PodName, std::less<>> pods_;  // an empty name: of several
  std::shared_ptr<const SliceAddresses> elsewhere_;
};

}  // namespace mesh
