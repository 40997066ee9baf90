#include "mls/record.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::mls {

Bytes RecordKey::encode() const {
  return wire::written([&](wire::Writer& out) {
    out.u8(static_cast<std::uint8_t>(kind)).u64(epoch).u32(index).u8(part).u32(generation);
  });
}

Result<RecordKey> RecordKey::decode(ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_TRY(const std::uint8_t kind, in.u8());
  TAUT_TRY(const std::uint64_t epoch, in.u64());
  TAUT_TRY(const std::uint32_t index, in.u32());
  TAUT_TRY(const std::uint8_t part, in.u8());
  TAUT_TRY(const std::uint32_t generation, in.u32());
  TAUT_CHECK(in.finish());
  if (kind > static_cast<std::uint8_t>(kLastRecordKind)) return malformed();
  return RecordKey{static_cast<RecordKind>(kind), epoch, index, part, generation};
}

}  // namespace taut::mls
