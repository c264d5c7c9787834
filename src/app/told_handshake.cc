// Field by field; net and wire know nothing of each other.
#include "app/told_handshake.h"

namespace mesh {

Handshake told_by(const TlsAnswer& answer, const ServedChain& chain) {
  Handshake handshake;
  handshake.unreadable = chain.unreadable;
  handshake.unreadable_sample = chain.unreadable_sample;
  handshake.version = answer.version;
  handshake.cipher = answer.cipher;
  handshake.alpn = answer.alpn;
  handshake.completed = answer.completed;
  return handshake;
}

}  // namespace mesh
