#include "run/sized_message.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::run {

Bytes sized(ByteView message) {
  return wire::written(
      [&](wire::Writer& out) { out.u32(static_cast<std::uint32_t>(message.size())).raw(message); });
}

Result<std::optional<Bytes>> take_sized(Bytes& heard, std::size_t size_max) {
  wire::Reader in(heard);
  const auto size = in.u32();
  if (!size) return std::nullopt;
  if (*size > size_max) return fail(Errc::malformed, reasons::kTooLarge);
  const auto message = in.take(*size);
  if (!message) return std::nullopt;
  Bytes taken = to_bytes(*message);
  heard.erase(heard.begin(), heard.end() - static_cast<std::ptrdiff_t>(in.rest().size()));
  return taken;
}

}  // namespace taut::run
