// What the decoder takes from any bytes is what the writer would have written there.

#include "carrier/frame_codec.hpp"
#include "support/require.hpp"

using namespace taut;
using namespace taut::carrier;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::size_t kFrameBytesMax = 3000;
  const std::size_t cut = data[0] + 1UL;
  const ByteView all(data + 1, size - 1);
  FrameDecoder decoder(kFrameBytesMax);
  std::vector<Bytes> frames;
  Status sound;
  for (std::size_t at = 0; at < all.size() && sound; at += cut)
    sound = decoder.take(all.subspan(at, std::min(cut, all.size() - at)), frames);
  Bytes again;
  for (const Bytes& frame : frames) {
    TAUT_REQUIRE(!frame.empty() && frame.size() <= kFrameBytesMax);
    append(again, *sized_frame(frame));
  }
  TAUT_REQUIRE(again.size() <= all.size() && equal(again, all.first(again.size())));
  if (sound && decoder.is_between_frames()) TAUT_REQUIRE(again.size() == all.size());
  if (!sound) TAUT_REQUIRE(!decoder.take(all, frames).has_value());
  return 0;
}
