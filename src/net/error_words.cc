// The system's own texts are good; only their capital letter is in the way.
#include "net/error_words.h"

namespace mesh {

std::string in_words(const boost::system::error_code& error) {
  std::string words = error.message();
  if (words.size() > 1 && words[0] >= 'A' && words[0] <= 'Z' && words[1] >= 'a') {
    words[0] = static_cast<char>(words[0] - 'A' + 'a');
  }
  return words;
}

}  // namespace mesh
