#include "store/log_check.hpp"

#include <fstream>
#include <memory>
#include <optional>

#include "store/checksum.hpp"
#include "store/page.hpp"

namespace taut::store {

namespace {

constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::size_t kFrameBytes = kFrameHeaderBytes + kPageBytes;
/// The lowest bit of the magic number says in which order the checksums take their words.
constexpr std::uint32_t kMagic = 0x377f0682;
constexpr int kTriesMax = 10;

using Header = std::array<Byte, kHeaderBytes>;
using Frame = std::array<Byte, kFrameBytes>;

template <std::size_t N>
bool read_whole(std::ifstream& in, std::array<Byte, N>& out) {
  in.read(reinterpret_cast<char*>(out.data()), N);
  return in.gcount() == N;
}

std::uint32_t big_u32(ByteView bytes, std::size_t at) {
  return load_u32(bytes.subspan(at, 4), std::endian::big);
}
Checksum checksum_at(ByteView bytes, std::size_t at) { return {big_u32(bytes, at), big_u32(bytes, at + 4)}; }

std::optional<std::endian> word_order(const Header& header) {
  const std::uint32_t magic = big_u32(header, 0);
  if ((magic & ~1U) != kMagic) return std::nullopt;
  return (magic & 1U) != 0 ? std::endian::big : std::endian::little;
}

/// Follows the frames one by one.
class Walk {
 public:
  Walk(const Header& header, std::endian order) : order_(order), last_(checksum_at(header, 24)) {
    std::ranges::copy(ByteView(header).subspan(16, 8), salt_.begin());
  }

  /// Whether this frame is proof of damage before it.
  bool proves_damage(const Frame& frame) {
    const bool of_this_log = equal(ByteView(frame).subspan(8, 8), salt_);
    const bool linked = of_this_log && sum_of(frame) == checksum_at(frame, 16);
    const bool proof = broken_ && transaction_ended_ && linked;
    if (!linked) broken_ = true;
    transaction_ended_ = broken_ && of_this_log && big_u32(frame, 4) != 0;
    last_ = checksum_at(frame, 16);
    return proof;
  }

 private:
  Checksum sum_of(const Frame& frame) const {
    const Checksum head = checksum(last_, ByteView(frame).first(8), order_);
    return checksum(head, ByteView(frame).subspan(kFrameHeaderBytes), order_);
  }

  std::endian order_;
  std::array<Byte, 8> salt_{};
  Checksum last_;  ///< as the frame before has it, right or wrong
  bool broken_ = false;
  bool transaction_ended_ = false;  ///< after the break, with the frame before
};

LogState check_once(const std::filesystem::path& log, Header& header) {
  std::ifstream in(log, std::ios::binary);
  auto frame = std::make_unique<Frame>();
  if (!read_whole(in, header)) return LogState::sound;
  const auto order = word_order(header);
  const bool header_holds =
      order && checksum({}, ByteView(header).first(24), *order) == checksum_at(header, 24);
  // The header is synced before the first frame is written.
  if (!header_holds) return read_whole(in, *frame) ? LogState::damaged : LogState::sound;
  Walk walk(header, *order);
  while (read_whole(in, *frame)) {
    if (walk.proves_damage(*frame)) return LogState::damaged;
  }
  return LogState::sound;
}

}  // namespace

LogState check_log(const std::filesystem::path& log) {
  Header header{};
  if (check_once(log, header) == LogState::sound) return LogState::sound;
  // Whoever starts the log anew while it is being read makes it look broken: then the header changes.
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const Header before = header;
    if (check_once(log, header) == LogState::sound) return LogState::sound;
    if (header == before) break;
  }
  return LogState::damaged;
}

}  // namespace taut::store
