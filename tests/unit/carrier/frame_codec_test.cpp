#include "carrier/frame_codec.hpp"

#include <doctest/doctest.h>

namespace taut::carrier {
namespace {

TEST_CASE("frames with their sizes come out as they went in, however they are cut") {
  const std::vector<Bytes> frames{Bytes{1}, Bytes(255, 2), Bytes(256, 3), Bytes(70'000, 4)};
  Bytes all;
  for (const Bytes& frame : frames) append(all, *sized_frame(frame));
  for (const std::size_t cut : {1UL, 3UL, 4UL, 5UL, 1000UL, all.size()}) {
    CAPTURE(cut);
    FrameDecoder decoder(70'000);
    std::vector<Bytes> came;
    for (std::size_t at = 0; at < all.size(); at += cut) {
      const ByteView rest = ByteView(all).subspan(at);
      REQUIRE(decoder.take(rest.first(std::min(cut, rest.size())), came));
    }
    CHECK(came == frames);
    CHECK(decoder.is_between_frames());
  }
}

TEST_CASE("a size is four bytes, the largest first") {
  const Bytes sized = *sized_frame(Bytes(0x010203));
  CHECK(equal(ByteView(sized).first(4), Bytes{0, 1, 2, 3}));
  CHECK_FALSE(sized_frame({}));
}

TEST_CASE("a size that cannot be ends the stream, for good, and after the frames before it") {
  const auto refused = [](const Bytes& head, Error why) {
    Bytes stream = *sized_frame(Bytes(3, 7));
    append(stream, head);
    FrameDecoder decoder(1000);
    std::vector<Bytes> came;
    const Status taken = decoder.take(stream, came);
    REQUIRE_FALSE(taken);
    CHECK(taken.error() == why);
    CHECK(came == std::vector<Bytes>{Bytes(3, 7)});
    CHECK_FALSE(decoder.is_between_frames());
    CHECK(decoder.take(*sized_frame(Bytes(3, 7)), came).error() == why);
    CHECK(came.size() == 1);
  };
  refused({0, 0, 0, 0}, {Errc::malformed, reasons::kBadFrame});
  refused({0, 0, 3, 0xe9}, {Errc::exhausted, reasons::kTooLarge});
  refused({0xff, 0xff, 0xff, 0xff}, {Errc::exhausted, reasons::kTooLarge});
}

TEST_CASE("half a frame is not the end of one") {
  FrameDecoder decoder(1000);
  std::vector<Bytes> came;
  CHECK(decoder.is_between_frames());
  REQUIRE(decoder.take(Bytes{0, 0}, came));
  CHECK_FALSE(decoder.is_between_frames());
  REQUIRE(decoder.take(Bytes{0, 2, 9}, came));
  CHECK_FALSE(decoder.is_between_frames());
  REQUIRE(decoder.take(Bytes{9}, came));
  CHECK(decoder.is_between_frames());
  CHECK(came.size() == 1);
}

}  // namespace
}  // namespace taut::carrier
