// What the operating system says when a socket fails, in the words of our messages: the same on
// every machine and in every language, so that logs and tests can rely on them.
#pragma once

#include <boost/system/error_code.hpp>
#include <string>

namespace mesh {

// "connection refused", "no such file or directory": the system's text, fit for the middle of a
// sentence.
std::string in_words(const boost::system::error_code& error);

}  // namespace mesh
