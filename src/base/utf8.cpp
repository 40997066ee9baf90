#include "base/utf8.hpp"

namespace taut {

namespace {

constexpr char32_t kCodePointMax = 0x10ffff;
constexpr bool is_surrogate(char32_t point) { return point >= 0xd800 && point <= 0xdfff; }

struct Lead {
  std::size_t more;  // continuation bytes
  char32_t least;    // the smallest code point that needs as many
  Byte bits;         // of the lead byte that belong to the code point
};

std::optional<Lead> lead_of(Byte byte) {
  if (byte < 0x80) return Lead{0, 0, 0x7f};
  if ((byte & 0xe0) == 0xc0) return Lead{1, 0x80, 0x1f};
  if ((byte & 0xf0) == 0xe0) return Lead{2, 0x800, 0x0f};
  if ((byte & 0xf8) == 0xf0) return Lead{3, 0x10000, 0x07};
  return std::nullopt;
}

bool is_harmless(char32_t point) {
  if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return false;
  if (point == 0x2028 || point == 0x2029 || point == 0xfeff) return false;
  // Bidirectional controls: Unicode 15, UAX #9 §2.
  const bool turns = point == 0x061c || point == 0x200e || point == 0x200f ||
                     (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
  return !turns;
}

template <class Accept>
bool every_code_point(ByteView bytes, Accept accept) {
  while (!bytes.empty()) {
    const std::optional<char32_t> point = take_code_point(bytes);
    if (!point || !accept(*point)) return false;
  }
  return true;
}

}  // namespace

std::optional<char32_t> take_code_point(ByteView& rest) {
  const std::optional<Lead> lead = lead_of(rest[0]);
  if (!lead || rest.size() <= lead->more) return std::nullopt;
  char32_t point = rest[0] & lead->bits;
  for (const Byte byte : rest.subspan(1, lead->more)) {
    if ((byte & 0xc0) != 0x80) return std::nullopt;
    point = point << 6 | (byte & 0x3f);
  }
  if (point < lead->least || point > kCodePointMax || is_surrogate(point)) return std::nullopt;
  rest = rest.subspan(1 + lead->more);
  return point;
}

bool is_utf8(ByteView bytes) {
  return every_code_point(bytes, [](char32_t) { return true; });
}

bool is_utf8_line(ByteView bytes) { return every_code_point(bytes, is_harmless); }

}  // namespace taut
