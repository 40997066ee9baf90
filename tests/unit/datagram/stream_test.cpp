#include <doctest/doctest.h>

#include <random>

#include "datagram/receive_stream.hpp"
#include "datagram/send_stream.hpp"

using namespace taut;
using namespace taut::datagram;

namespace {
Bytes numbered(std::size_t size, std::uint64_t from = 0) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<Byte>((from + i) * 131 >> 3);
  return bytes;
}
}  // namespace

TEST_CASE("bytes come out in order whatever the network does to the pieces") {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    std::mt19937_64 engine(seed);
    SendStream sender;
    ReceiveStream receiver;
    const Bytes all = numbered(900'000);
    std::size_t written = 0;
    Bytes received;
    std::vector<std::pair<Range, Bytes>> network;
    for (int step = 0; step < 100'000 && received.size() < all.size(); ++step) {
      const std::size_t size =
          std::min({sender.room(), all.size() - written, static_cast<std::size_t>(engine() % 5'000)});
      REQUIRE(sender.write(ByteView(all).subspan(written, size)).has_value());
      written += size;
      if (const auto piece = sender.next(200 + engine() % 1'000)) {
        const Range range{piece->offset, piece->offset + piece->bytes.size()};
        network.emplace_back(range, to_bytes(piece->bytes));
        sender.on_sent(range);
      }
      if (network.empty()) continue;
      const std::size_t pick = engine() % std::min<std::size_t>(network.size(), 40);
      const auto& [range, bytes] = network[pick];
      const auto fate = engine() % 10;
      if (fate < 3) {
        sender.on_lost(range);
        network.erase(network.begin() + static_cast<std::ptrdiff_t>(pick));
      } else {
        const Status got = receiver.receive(range.begin, bytes);
        if (got)
          sender.on_acknowledged(range);
        else
          sender.on_lost(range);
        if (fate < 8 || !got)
          network.erase(network.begin() + static_cast<std::ptrdiff_t>(pick));  // else it comes twice
      }
      const std::size_t take = receiver.ready().size();
      append(received, receiver.ready());
      receiver.take(take);
      sender.grant(receiver.window_end());
    }
    CHECK(received == all);
  }
}

TEST_CASE("nothing beyond the window, and nothing beyond the end") {
  ReceiveStream stream;
  CHECK(stream.receive(kStreamWindowBytes, Bytes(1)).error().reason == reasons::kTooLarge);
  CHECK(stream.receive(UINT64_MAX, Bytes(2)).error().reason == reasons::kTooLarge);
  CHECK(stream.receive(100, Bytes(10)).has_value());
  CHECK(stream.end_at(105).error().code == Errc::violation);
  CHECK(stream.end_at(110).has_value());
  CHECK(stream.end_at(110).has_value());
  CHECK(stream.end_at(111).error().code == Errc::violation);
  CHECK(stream.receive(110, Bytes(1)).error().code == Errc::violation);
  CHECK_FALSE(stream.finished());
  CHECK(stream.receive(0, Bytes(100)).has_value());
  stream.take(110);
  CHECK(stream.finished());
}

TEST_CASE("islands are few") {
  ReceiveStream stream;
  for (std::size_t i = 0; i < kStreamIslandsMax; ++i)
    REQUIRE(stream.receive(10 + 3 * i, Bytes(1)).has_value());
  CHECK(stream.receive(5, Bytes(1)).error().code == Errc::exhausted);
  CHECK(stream.window_end() == kStreamWindowBytes);
  CHECK(stream.receive(0, Bytes(20)).has_value());  // what fills holes is always taken
}

TEST_CASE("a sender keeps to the window it was granted, and to its own room") {
  SendStream sender;
  REQUIRE(sender.write(numbered(kStreamWindowBytes)).has_value());
  CHECK(sender.write(Bytes(1)).error().code == Errc::exhausted);
  sender.on_sent({0, kStreamWindowBytes});
  sender.on_acknowledged({0, 1000});
  REQUIRE(sender.write(Bytes(1000)).has_value());
  CHECK_FALSE(sender.has_due());
  sender.grant(kStreamWindowBytes + 10);
  CHECK(sender.next(100)->bytes.size() == 10);
  sender.end();
  CHECK_FALSE(sender.final_offset().has_value());
  CHECK(sender.write(Bytes(1)).error().code == Errc::misuse);
}

TEST_CASE("what was acknowledged once is not sent again") {
  SendStream sender;
  REQUIRE(sender.write(numbered(300)).has_value());
  sender.on_sent({0, 300});
  sender.on_acknowledged({100, 200});
  sender.on_lost({0, 300});
  CHECK(sender.next(1000)->offset == 0);
  CHECK(sender.next(1000)->bytes.size() == 100);
  sender.on_sent({0, 100});
  CHECK(sender.next(1000)->offset == 200);
  CHECK(equal(sender.next(1000)->bytes, ByteView(numbered(300)).subspan(200)));
}
