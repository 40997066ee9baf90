#pragma once
// Writing secrets: into one buffer that never grows, so that no copy of a key stays behind.

#include "base/secret.hpp"
#include "wire/writer.hpp"

namespace taut::identity {

/// @param size_max  what `body` writes at most
template <class Body>
SecretBytes written_secret(std::size_t size_max, Body body) {
  Bytes buffer;
  buffer.reserve(size_max);
  wire::Writer writer(buffer);
  body(writer);
  SecretBytes secret{ByteView(buffer)};
  wipe(buffer);
  return secret;
}

}  // namespace taut::identity
