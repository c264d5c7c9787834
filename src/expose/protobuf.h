// The protobuf form of the page, which Prometheus asks for where it is to keep native histograms or
// created timestamps (we have neither), and which is the cheapest for it to read.
#pragma once

#include <string>

#include "expose/family_builder.h"

namespace mesh {

// One message after the other, each behind its length. A family is one message, however many parts
// it comes in: the message of it grows until the next family begins.
class ProtobufPage {
 public:
  // Returns what is complete by now: the family before, or "". The label values must be valid
  // UTF-8.
  std::string add(const FamilyPart& part);

  // The last family.
  std::string finish();

 private:
  std::string family_;
};

}  // namespace mesh
