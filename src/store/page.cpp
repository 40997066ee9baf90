#include "store/page.hpp"

#include "store/checksum.hpp"

namespace taut::store {

namespace {

constexpr std::size_t kUsableBytes = kPageBytes - kReservedBytes;
/// Page 1 begins with the header of the file (file format §1.3).
constexpr std::size_t kFileHeaderBytes = 100;

std::size_t u16_at(PageView page, std::size_t at) { return std::size_t{page[at]} << 8 | page[at + 1]; }

/// File format §1.8: every so many pages, beginning with page 2, one says who points to which.
bool is_pointer_map(PageNumber number) {
  constexpr PageNumber kMapped = kUsableBytes / 5;
  return number >= 2 && (number - 2) % (kMapped + 1) == 0;
}

/// File format §1.6: the size of a b-tree page's header by its type; 0: not a b-tree page. Overflow and
/// free pages begin with a page number, whose first byte is 0 in files under 64 GiB.
std::size_t tree_header_bytes(Byte type) {
  switch (type) {
    case 0x02:
    case 0x05:
      return 12;
    case 0x0a:
    case 0x0d:
      return 8;
    default:
      return 0;
  }
}

Checksum checksum_of(PageView page, PageNumber number) {
  return checksum({number, 0x74617574}, page.first<kUsableBytes>(), std::endian::little);
}

Checksum stored_checksum(PageView page) {
  const ByteView at = page.last<kReservedBytes>();
  return {load_u32(at.first(4), std::endian::little), load_u32(at.subspan(4), std::endian::little)};
}

}  // namespace

void clear_gap(Page page, PageNumber number) {
  if (is_pointer_map(number)) return;
  const std::size_t start = number == 1 ? kFileHeaderBytes : 0;
  const std::size_t header = tree_header_bytes(page[start]);
  if (header == 0) return;
  const std::size_t gap = start + header + 2 * u16_at(page, start + 3);
  const std::size_t cells = u16_at(page, start + 5);
  if (gap > cells || cells > kUsableBytes) return;
  std::ranges::fill(page.subspan(gap, cells - gap), Byte{0});
}

void seal_page(Page page, PageNumber number) {
  const Checksum sum = checksum_of(page, number);
  const auto at = page.last<kReservedBytes>();
  store_u32(at.first<4>(), sum.first, std::endian::little);
  store_u32(at.last<4>(), sum.second, std::endian::little);
}

bool page_holds(PageView page, PageNumber number) {
  if (checksum_of(page, number) == stored_checksum(page)) return true;
  return std::ranges::all_of(page, [](Byte byte) { return byte == 0; });
}

}  // namespace taut::store
