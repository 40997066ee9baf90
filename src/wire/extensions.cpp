#include "wire/extensions.hpp"

namespace taut::wire {

Result<Extensions> read_extensions(Reader& in, std::span<const std::uint16_t> known) {
  TAUT_TRY(Reader inner, in.nested());
  Extensions extensions;
  while (!inner.empty()) {
    TAUT_TRY(const std::uint16_t type, inner.u16());
    TAUT_TRY(const ByteView data, inner.vector());
    if (!extensions.empty() && type <= extensions.back().type) return malformed();
    const bool understood = std::ranges::find(known, type) != known.end();
    if ((type & kCriticalBit) != 0 && !understood) return fail(Errc::incompatible, reasons::kBadFrame);
    extensions.push_back({type, to_bytes(data)});
  }
  return extensions;
}

void write_extensions(Writer& out, const Extensions& extensions) {
  out.list(extensions, [](Writer& inner, const Extension& one) { inner.u16(one.type).vector(one.data); });
}

const Bytes* find_extension(const Extensions& extensions, std::uint16_t type) {
  const auto found = std::ranges::find(extensions, type, &Extension::type);
  return found == extensions.end() ? nullptr : &found->data;
}

}  // namespace taut::wire
