// Any bytes, cut where the first of them says, cost bounded memory; a frame that comes out of them comes out
// of its own lines again, between any others.

#include "carrier/line_codec.hpp"
#include "support/require.hpp"

using namespace taut;
using namespace taut::carrier;

namespace {

constexpr LineDecoder::Limits kLimits{
    .frame_bytes_max = 4000, .unfinished_count_max = 8, .unfinished_bytes_max = 16'000};

/// The frame ID below: lines that know it may have used it up.
constexpr std::string_view kOwnId = "_gAAAAAAAAA";

void own_lines_survive(LineDecoder& decoder, ByteView frame, Instant now) {
  LineFrameId id;
  id.fill()[0] = 0xfe;
  const Result<Bytes> lines = lines_of(frame, id, kLineBytesMin + frame.size() % 400);
  TAUT_REQUIRE(lines.has_value());
  decoder.take(as_bytes("\n"), now);
  const std::vector<Bytes> came = decoder.take(*lines, now);
  TAUT_REQUIRE(came.size() == 1 && equal(came.front(), frame));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t cut = data[0] + 1UL;
  ByteView rest(data + 1, size - 1);
  LineDecoder decoder(kLimits);
  Instant now{};
  while (!rest.empty()) {
    const ByteView piece = rest.first(std::min(cut, rest.size()));
    rest = rest.subspan(piece.size());
    for (const Bytes& frame : decoder.take(piece, now))
      TAUT_REQUIRE(!frame.empty() && frame.size() <= kLimits.frame_bytes_max);
    TAUT_REQUIRE(decoder.unfinished_bytes() <= kLimits.unfinished_bytes_max);
    now = now + std::chrono::seconds(data[0] % 8);
  }
  const bool knows_id = as_text(ByteView(data, size)).find(kOwnId) != std::string_view::npos;
  if (!knows_id) own_lines_survive(decoder, ByteView(data, std::min<std::size_t>(size, 2000)), now);
  decoder.tick(now + kLimits.line_wait_max);
  TAUT_REQUIRE(decoder.unfinished_bytes() == 0 && !decoder.next_deadline());
  return 0;
}
