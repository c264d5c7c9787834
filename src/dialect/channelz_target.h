// The targets of channels, as each gRPC library spells them, in words that none of them owns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mesh {

// "users.shop:50051" of "dns:///users.shop:50051".
std::string_view upstream_of_target(std::string_view target);

// "10.0.0.7:50051" of "ipv4:10.0.0.7:50051", "[::1]:80" of "ipv6:%5B::1%5D:80"; of Java's group
// "[[[users/10.0.0.7:50051]/{}]]" the first.
std::string address_of_target(std::string_view target);

// The addresses of a target that is a list of them; none if it is no list.
std::vector<std::string> addresses_in(std::string_view target);

}  // namespace mesh
