// What a link does when nobody interferes.

#include "link/stream_link.hpp"

#include <doctest/doctest.h>

#include "support/two_ends.hpp"

using namespace taut;
using namespace taut::test;

TEST_CASE("two nodes find each other, in every suite, and name the session alike") {
  for (const SuiteId suite : kLinkSuites) {
    TwoEnds ends(suite);
    ends.pump();
    REQUIRE(ends.a.authenticated.size() == 1);
    REQUIRE(ends.b.authenticated.size() == 1);
    const Peer& bob = ends.a.authenticated[0];
    const Peer& alice = ends.b.authenticated[0];
    CHECK(bob.node_id == ends.bob.identity.node_id());
    CHECK(alice.node_id == ends.alice.identity.node_id());
    CHECK(bob.session_id == alice.session_id);
    CHECK(bob.session_id != SessionId{});
    CHECK(bob.suite == suite);
    CHECK(alice.purpose == Purpose::dispatcher);
    CHECK(bob.version == 1);
    CHECK(alice.link_key_sequence == ends.alice.identity.link_key(suite)->certificate.sequence);
    CHECK(ends.a.link.peer()->node_id == bob.node_id);
  }
}

TEST_CASE("frames arrive whole and in order, both ways, whatever their size") {
  TwoEnds ends;
  ends.pump();
  std::vector<Bytes> sent;
  for (const std::size_t size : {1UL, 63UL, 64UL, 16'383UL, 16'384UL, kFrameBytesMax, 100UL}) {
    sent.push_back(frame_of(size, static_cast<Byte>(size)));
    REQUIRE(ends.a.link.send(sent.back()).has_value());
    REQUIRE(ends.b.link.send(sent.back()).has_value());
  }
  ends.pump();
  CHECK(ends.a.frames == sent);
  CHECK(ends.b.frames == sent);
}

TEST_CASE("frames queued before the handshake is complete leave after it, and in no handshake message") {
  TwoEnds ends;
  REQUIRE(ends.a.link.send(frame_of(3000)).has_value());
  REQUIRE(ends.b.link.send(frame_of(10)).has_value());
  const Bytes hello = ends.a.flush();
  CHECK(hello.size() < 1000);
  ends.b.receive(hello);
  const Bytes answer = ends.b.flush();
  CHECK(answer.size() < 1000);
  CHECK(ends.b.frames.empty());
  ends.a.receive(answer);
  ends.pump();
  CHECK(ends.b.frames == Frames{frame_of(3000)});
  CHECK(ends.a.frames == Frames{frame_of(10)});
}

TEST_CASE("bytes may come one at a time") {
  TwoEnds ends;
  REQUIRE(ends.a.link.send(frame_of(300)).has_value());
  for (int round = 0; round < 4; ++round) {
    for (const Byte byte : ends.a.flush()) ends.b.receive(ByteView(&byte, 1));
    for (const Byte byte : ends.b.flush()) ends.a.receive(ByteView(&byte, 1));
  }
  CHECK(ends.b.frames == Frames{frame_of(300)});
  CHECK(ends.a.authenticated.size() == 1);
  CHECK(ends.b.authenticated.size() == 1);
}

TEST_CASE("what waits goes into one record") {
  TwoEnds ends;
  ends.pump();
  for (int i = 0; i < 10; ++i) REQUIRE(ends.a.link.send(frame_of(100)).has_value());
  CHECK(ends.a.link.waiting_bytes() == 10 * 102);
  const Bytes record = ends.a.flush();
  CHECK(record.size() == 2 + 1 + 10 * 102 + 16);
  CHECK(ends.a.link.waiting_bytes() == 0);
  ends.b.receive(record);
  CHECK(ends.b.frames.size() == 10);
}

TEST_CASE("more than a record holds goes into several, and no frame is split") {
  TwoEnds ends;
  ends.pump();
  for (int i = 0; i < 5; ++i) REQUIRE(ends.a.link.send(frame_of(40'000, static_cast<Byte>(i))).has_value());
  Bytes buffer(kFlushBytesMin);
  for (int i = 0; i < 5; ++i) {
    const std::size_t size = ends.a.link.flush(buffer, {}).value();
    CHECK(size == 2 + 1 + 40'004 + 16);
    ends.b.receive(ByteView(buffer).first(size));
  }
  CHECK_FALSE(ends.a.link.wants_flush());
  REQUIRE(ends.b.frames.size() == 5);
  for (int i = 0; i < 5; ++i) CHECK(ends.b.frames[static_cast<std::size_t>(i)][0] == i);
}

TEST_CASE("one flush fills a large buffer with as many records as it holds") {
  TwoEnds ends;
  ends.pump();
  for (int i = 0; i < 5; ++i) REQUIRE(ends.a.link.send(frame_of(40'000)).has_value());
  Bytes buffer(5 * kFlushBytesMin);
  const std::size_t size = ends.a.link.flush(buffer, {}).value();
  ends.b.receive(ByteView(buffer).first(size));
  CHECK(ends.b.frames.size() == 5);
}

TEST_CASE("limits: frame sizes, the queue, the buffer") {
  Limits limits;
  limits.queue_bytes_max = 1000;
  TwoEnds ends(limits);
  StreamLink& link = ends.a.link;
  CHECK(link.send({}).error() == Error{Errc::misuse, reasons::kBadFrame});
  CHECK(link.send(frame_of(kFrameBytesMax + 1)).error() == Error{Errc::misuse, reasons::kTooLarge});
  CHECK(link.send(frame_of(900)).has_value());
  CHECK(link.send(frame_of(100)).error() == Error{Errc::exhausted, reasons::kQueueFull});
  CHECK(link.send(frame_of(90)).has_value());
  Bytes buffer(kFlushBytesMin - 1);
  CHECK(link.flush(buffer, {}).error().code == Errc::misuse);
  ends.pump();
  CHECK(ends.b.frames.size() == 2);
  CHECK(link.send(frame_of(900)).has_value());  // there is room again
}

TEST_CASE("an end is clean: what waited has come, both know, nothing follows") {
  TwoEnds ends;
  ends.pump();
  REQUIRE(ends.a.link.send(frame_of(10)).has_value());
  REQUIRE(ends.b.link.send(frame_of(20)).has_value());
  ends.a.link.close({});
  CHECK(ends.a.link.send(frame_of(1)).error() == Error{Errc::unavailable, reasons::kEnded});
  CHECK_FALSE(ends.a.link.is_over());
  ends.pump();
  CHECK(ends.b.frames == Frames{frame_of(10)});
  CHECK(ends.a.frames == Frames{frame_of(20)});
  for (End* end : {&ends.a, &ends.b}) {
    REQUIRE(end->closed.size() == 1);
    CHECK(end->closed[0].ending == Ending::clean);
    CHECK(end->link.is_over());
    CHECK(end->link.next_deadline() == std::nullopt);
    end->receive(Bytes(100, 1));
    end->receive_end();
    CHECK(end->closed.size() == 1);
  }
}

TEST_CASE("both may end at once") {
  TwoEnds ends;
  ends.pump();
  ends.a.link.close({});
  ends.b.link.close({});
  const Bytes from_a = ends.a.flush(), from_b = ends.b.flush();
  ends.a.receive(from_b);
  ends.b.receive(from_a);
  for (End* end : {&ends.a, &ends.b}) {
    REQUIRE(end->closed.size() == 1);
    CHECK(end->closed[0].ending == Ending::clean);
    CHECK(end->link.is_over());
  }
}

TEST_CASE("a link that rests works on") {
  TwoEnds ends;
  ends.pump();
  for (int i = 0; i < 3; ++i) {
    ends.a.link.rest();
    ends.b.link.rest();
    REQUIRE(ends.a.link.send(frame_of(100)).has_value());
    REQUIRE(ends.b.link.send(frame_of(100)).has_value());
    const Bytes half = ends.a.flush();
    ends.b.receive(ByteView(half).first(50));
    ends.b.link.rest();  // also while half a record is here
    ends.b.receive(ByteView(half).subspan(50));
    ends.pump();
  }
  CHECK(ends.a.frames.size() == 3);
  CHECK(ends.b.frames.size() == 3);
}
