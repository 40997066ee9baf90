#include "mls/codec.hpp"

namespace taut::mls {

Result<Bytes> read_bytes(wire::Reader& in) {
  TAUT_TRY(const ByteView bytes, in.vector());
  return to_bytes(bytes);
}

Result<crypto::Digest> read_digest(wire::Reader& in) {
  TAUT_TRY(const ByteView bytes, in.vector(crypto::kHashBytesMax));
  return crypto::Digest(bytes);
}

}  // namespace taut::mls
