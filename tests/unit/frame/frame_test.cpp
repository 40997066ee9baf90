// Every frame: what is written is read; every cut, every extra byte and every broken rule is refused.

#include <doctest/doctest.h>

#include "frame/frame.hpp"

using namespace taut;
using namespace taut::frame;

namespace {

const Bytes kText(300, 0x61);
const wire::Extensions kGrown{{7, {1, 2, 3}}, {0x7fff, {}}};

NodeId node(Byte first) {
  NodeId id;
  id.fill()[0] = first;
  return id;
}

SubmissionId submission(Byte first) {
  SubmissionId id;
  id.fill()[0] = first;
  return id;
}

DeliveryTokenId token_id(Byte first) {
  DeliveryTokenId id;
  id.fill()[0] = first;
  return id;
}

template <class Id>
Id id_of(Byte first) {
  Id id;
  id.fill()[0] = first;
  return id;
}

std::vector<Frame> one_of_each_about_logs() {
  const auto log = id_of<LogId>(1);
  const auto key = id_of<AccessKey>(2);
  const auto proof = id_of<AccessProof>(3);
  const auto successor = id_of<AccessKey>(4);
  const ByteView part = ByteView(kText).first(100);
  return {
      OpenLog{1, log, key, proof, 3600, 1 << 20, kGrown},
      ProveAccess{2, log, key, proof, kGrown},
      NameSuccessor{3, log, key, successor, kGrown},
      SetRetention{4, log, key, 3600, 1 << 20, kGrown},
      Append{5, log, key, submission(1), successor, 301, kText, kGrown},
      Append{6, log, key, submission(1), std::nullopt, 300, kText, {}},
      AppendChunk{5, 300, part},
      Appended{5, AppendState::stored, 7, 0, kGrown},
      Appended{5, AppendState::full, 0, 60, {}},
      ReadLog{7, log, key, Shelf::introductions, 9, Until::closed, 65536, kGrown},
      LogEntries{7, {{1, {5}, 300, kText}, {4, {6}, 100, part}, {5, {6}, 101, part}}},
      LogEntryChunk{7, 5, 100, part},
      LogDrained{7, 5, 2, kGrown},
      EndReading{8, 7, kGrown},
      ReadingEnded{7, kGrown},
      Introduce{9, log, submission(2), 3600, kText, kGrown},
      Introduced{9, kGrown},
      ReleaseIntroductions{10, log, key, {1, 2, 9}, kGrown},
  };
}

std::vector<Frame> one_of_each_about_key_packages() {
  return {
      PublishKeyPackages{1, 99, Restock::replace, {{1, PackageUse::last_resort, {7}, kText}}, kGrown},
      PublishKeyPackages{1, 99, Restock::add, {}, {}},
      ClaimKeyPackage{2, node(1), 3, ByteView(kText).first(25), kGrown},
      KeyPackageAnswer{2, ByteView(kText), kGrown},
      KeyPackageAnswer{2, std::nullopt, {}},
      CountKeyPackages{3, kGrown},
      KeyPackageCounts{3, {{1, 20, 0}, {3, 0, 5}}, kGrown},
      KeyPackageNotice{{{1, 2, 0}}, kGrown},
  };
}

std::vector<Frame> one_of_each();

std::vector<Frame> all_frames() {
  std::vector<Frame> all = one_of_each();
  for (const Frame& one : one_of_each_about_logs()) all.push_back(one);
  for (const Frame& one : one_of_each_about_key_packages()) all.push_back(one);
  return all;
}

std::vector<Frame> one_of_each() {
  return {
      Hello{1, 1 << 20, 2 << 20, 4 << 20, 2592000, 90, Policy::open, Standing::registered, kGrown},
      Answer{9, AnswerStatus::stale, kGrown},
      Ping{0x0102030405060708},
      Pong{8},
      Goodbye{GoodbyeReason::slow, kGrown},
      Put{1, node(2), submission(3), 4, Keep::online_only, 300, ByteView(kText).first(16), kText, kGrown},
      PutChunk{1, 300, kText},
      Outcome{1, submission(3), OutcomeState::full, 60, kGrown},
      OutcomeQuery{1, node(2), submission(3), kGrown},
      Subscribe{5, Until::closed, 65536, kGrown},
      Credit{77},
      Delivery{6, {100}, {200}, 300, kText, kGrown},
      DeliveryChunk{6, 300, kText},
      Drained{5, 6, kGrown},
      Release{8, {{1, 3}, {5, 5}, {7, 900}}, kGrown},
      PublishCard{2, kText, kGrown},
      LookUpCard{3, node(4), kGrown},
      CardAnswer{3, ByteView(kText), kGrown},
      CardAnswer{4, std::nullopt, {}},
      Register{5, ByteView(kText).first(16), kText, ByteView(kText).first(64), kGrown},
      SetAccess{6, ByteView(kText).first(32), {token_id(1), token_id(2)}, kGrown},
      SetAccess{6, {}, {}, {}},
      PublishState{7, 99, kText, kGrown},
      LookUpState{8, kGrown},
      StateAnswer{8, ByteView(kText), kGrown},
      StateAnswer{8, std::nullopt, {}},
      Report{9, 3600, ByteView(kText).first(64), {node(1), node(2)}, kGrown},
      ListDevices{10, {node(1), node(3)}, kGrown},
      Devices{10, {Device{node(1), Presence::connected, {5}, 6, Carrier::udp, "lamp", 7, 8, {9}}}, kGrown},
  };
}

Bytes bytes_of(const Frame& frame) {
  return std::visit(
      [](const auto& body) {
        if constexpr (std::is_same_v<std::decay_t<decltype(body)>, Ignored>) {
          return Bytes{};
        } else {
          return written(body);
        }
      },
      frame);
}

}  // namespace

TEST_CASE("what is written is read, and written again it is the same bytes") {
  for (const Frame& frame : all_frames()) {
    CAPTURE(frame.index());
    const Bytes bytes = bytes_of(frame);
    const auto parsed = parse(bytes);
    REQUIRE(parsed.has_value());
    CHECK(parsed->index() == frame.index());
    CHECK(bytes_of(*parsed) == bytes);
  }
}

TEST_CASE("a cut frame and a frame with a byte too many are malformed") {
  for (const Frame& frame : all_frames()) {
    CAPTURE(frame.index());
    Bytes bytes = bytes_of(frame);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto cut = parse(ByteView(bytes).first(size));
      REQUIRE_FALSE(cut.has_value());
      CHECK(cut.error().code == Errc::malformed);
    }
    bytes.push_back(0);
    CHECK(parse(bytes).error().code == Errc::malformed);
  }
}

TEST_CASE("fields arrive where they were put") {
  const Bytes bytes = written(
      Put{1, node(2), submission(3), 4, Keep::online_only, 301, ByteView(kText).first(16), kText, kGrown});
  const Put put = std::get<Put>(parse(bytes).value());
  CHECK(put.request == 1);
  CHECK(put.inbox == node(2));
  CHECK(put.submission == submission(3));
  CHECK(put.ttl_s == 4);
  CHECK(put.keep == Keep::online_only);
  CHECK(put.size == 301);
  CHECK(put.token.size() == 16);
  CHECK(equal(put.chunk, kText));
  CHECK(put.extensions == kGrown);
}

TEST_CASE("growing: unknown types with the top bit are ignored, others are a violation") {
  for (unsigned number = 0; number < 256; ++number) {
    CAPTURE(number);
    const auto parsed = parse(Bytes{static_cast<Byte>(number)});
    if ((number & kIgnorableBit) != 0) {
      REQUIRE(parsed.has_value());
      CHECK(std::get<Ignored>(*parsed).number == number);
    } else {
      CHECK_FALSE(parsed.has_value());
    }
  }
  CHECK(parse(Bytes{0x7f}).error() == Error{Errc::violation, reasons::kUnknownFrame});
  CHECK(parse(Bytes{0x00}).error() == Error{Errc::violation, reasons::kUnknownFrame});
}

TEST_CASE("growing: a critical extension that is not known refuses the frame") {
  CHECK(parse(written(Goodbye{GoodbyeReason::done, {{0x8001, {}}}})).error().code == Errc::incompatible);
}

TEST_CASE("a frame is at most kFrameBytesMax, a chunk at most kChunkBytesMax, and neither is empty") {
  const Bytes large(kChunkBytesMax + 1);
  const ByteView most = ByteView(large).first(kChunkBytesMax);
  const Bytes bytes = written(Put{0, {}, {}, 0, Keep::stored, 1 << 20, Bytes(32), most, {}});
  CHECK(bytes.size() <= kFrameBytesMax);
  CHECK(parse(bytes).has_value());
  CHECK(parse(written(PutChunk{0, 0, large})).error().reason == reasons::kTooLarge);
  CHECK(parse(written(PutChunk{0, 0, {}})).error().code == Errc::malformed);
  Bytes ignorable(kFrameBytesMax + 1, kIgnorableBit);
  CHECK(parse(ignorable).error().reason == reasons::kTooLarge);
  ignorable.pop_back();
  CHECK(parse(ignorable).has_value());
}

TEST_CASE("rules between fields") {
  CHECK_FALSE(parse(written(Put{0, {}, {}, 0, Keep::stored, 299, {}, kText, {}})).has_value());
  CHECK_FALSE(parse(written(Put{0, {}, {}, 0, Keep::stored, 300, Bytes(33), kText, {}})).has_value());
  CHECK_FALSE(parse(written(Delivery{1, {}, {}, 299, kText, {}})).has_value());
  CHECK_FALSE(parse(written(Delivery{1, {}, {}, kMessageBytesMax + 1, kText, {}})).has_value());
  CHECK_FALSE(parse(written(Outcome{0, {}, OutcomeState::stored, 1, {}})).has_value());
  CHECK_FALSE(parse(written(Hello{1, 0, 0, 0, 0, 0, {}, {}, {}})).has_value());
  CHECK_FALSE(parse(written(Hello{1, kMessageBytesMax + 1, 0, 0, 0, 0, {}, {}, {}})).has_value());
}

TEST_CASE("enumerations have no values beyond their last") {
  CHECK_FALSE(parse(written(Answer{0, static_cast<AnswerStatus>(6), {}})).has_value());
  CHECK_FALSE(parse(written(Goodbye{static_cast<GoodbyeReason>(8), {}})).has_value());
  CHECK_FALSE(parse(written(Outcome{0, {}, static_cast<OutcomeState>(7), 0, {}})).has_value());
  CHECK_FALSE(parse(written(Subscribe{0, static_cast<Until>(2), 0, {}})).has_value());
}

TEST_CASE("a release names each number once, in order, and something") {
  const auto accepted = [](std::vector<QueueRange> ranges) {
    return parse(written(Release{0, std::move(ranges), {}})).has_value();
  };
  constexpr QueueNumber kLast = ~QueueNumber{0};
  CHECK(accepted({{0, 0}, {2, kLast}}));
  CHECK_FALSE(accepted({}));
  CHECK_FALSE(accepted({{2, 1}}));
  CHECK_FALSE(accepted({{1, 2}, {2, 3}}));
  CHECK_FALSE(accepted({{1, 2}, {3, 3}}));
  CHECK_FALSE(accepted({{5, 6}, {1, 2}}));
  CHECK_FALSE(accepted({{1, kLast}, {kLast, kLast}}));
  std::vector<QueueRange> many;
  for (QueueNumber i = 0; i < kReleaseRangesMax; ++i) many.push_back({2 * i, 2 * i});
  CHECK(accepted(many));
  many.push_back({kLast, kLast});
  CHECK_FALSE(accepted(many));
}

TEST_CASE("sets have one order and no doubles") {
  CHECK_FALSE(parse(written(SetAccess{6, {}, {token_id(2), token_id(1)}, {}})).has_value());
  CHECK_FALSE(parse(written(Report{9, 0, {}, {node(1), node(1)}, {}})).has_value());
  CHECK_FALSE(parse(written(ListDevices{9, {node(2), node(1)}, {}})).has_value());
  CHECK_FALSE(parse(written(ListDevices{9, {}, {}})).has_value());
}

TEST_CASE("an access key is whole or not there") {
  CHECK_FALSE(parse(written(SetAccess{6, ByteView(kText).first(31), {}, {}})).has_value());
  CHECK_FALSE(parse(written(SetAccess{6, ByteView(kText).first(33), {}, {}})).has_value());
}

TEST_CASE("a delivery token opens with its key, for its inbox, unchanged, and not otherwise") {
  DeliveryKey key;
  key.fill()[0] = 1;
  DeliveryKey other;
  const Bytes token = DeliveryToken::mint(key, node(1), Rank::known, token_id(7)).written();
  CHECK(token.size() == DeliveryToken::size_bytes);
  const auto opened = DeliveryToken::open(token, key, node(1));
  REQUIRE(opened.has_value());
  CHECK(opened->rank == Rank::known);
  CHECK(opened->id == token_id(7));
  CHECK(DeliveryToken::open(token, other, node(1)).error().code == Errc::unauthentic);
  CHECK(DeliveryToken::open(token, key, node(2)).error().code == Errc::unauthentic);
  for (std::size_t i = 0; i < token.size(); ++i) {
    Bytes changed = token;
    changed[i] ^= 1;
    CHECK_FALSE(DeliveryToken::open(changed, key, node(1)).has_value());
  }
  CHECK_FALSE(DeliveryToken::open(ByteView(token).first(24), key, node(1)).has_value());
  CHECK_FALSE(DeliveryToken::open({}, key, node(1)).has_value());
}

TEST_CASE("what a registration proves names dispatcher, session and token") {
  const SessionId session;
  const Bytes tbs = registration_tbs(node(1), session, kText);
  CHECK(tbs != registration_tbs(node(2), session, kText));
  CHECK(tbs != registration_tbs(node(1), SessionId(ByteView(kText).first<16>()), kText));
  CHECK(tbs != registration_tbs(node(1), session, {}));
}

TEST_CASE("a hello says what time it is, or does not") {
  Hello hello{1, 1, 1, 1, 1, 1, {}, {}, {}};
  CHECK_FALSE(hello.time().has_value());
  hello.say_time({1'800'000'000'000});
  const Bytes bytes = written(hello);
  CHECK(std::get<Hello>(parse(bytes).value()).time() == WallTime{1'800'000'000'000});
  for (const Bytes& said : {Bytes{}, Bytes(7, 1), Bytes(8), Bytes(9, 1)}) {
    hello.extensions = {{Hello::kTimeExtension, said}};
    CHECK_FALSE(hello.time().has_value());
  }
}

TEST_CASE("entries are whole but the last, ascend, and there is one at least") {
  const ByteView part = ByteView(kText).first(10);
  CHECK_FALSE(parse(written(LogEntries{1, {}})).has_value());
  CHECK_FALSE(parse(written(LogEntries{1, {{1, {}, 11, part}, {2, {}, 10, part}}})).has_value());
  CHECK_FALSE(parse(written(LogEntries{1, {{2, {}, 10, part}, {2, {}, 10, part}}})).has_value());
  CHECK_FALSE(parse(written(LogEntries{1, {{1, {}, 9, part}}})).has_value());
  CHECK_FALSE(parse(written(LogEntries{1, {{1, {}, kMessageBytesMax + 1, part}}})).has_value());
  LogEntries many{1, {}};
  for (LogNumber i = 1; i <= kEntriesMax; ++i) many.entries.push_back({i, {}, 10, part});
  CHECK(parse(written(many)).has_value());
  many.entries.push_back({kEntriesMax + 1, {}, 10, part});
  CHECK_FALSE(parse(written(many)).has_value());
}

TEST_CASE(
    "an entry has a number exactly when it was stored, and is asked again only when there was no room") {
  CHECK_FALSE(parse(written(Appended{1, AppendState::stored, 0, 0, {}})).has_value());
  CHECK_FALSE(parse(written(Appended{1, AppendState::full, 7, 1, {}})).has_value());
  CHECK_FALSE(parse(written(Appended{1, AppendState::refused, 0, 1, {}})).has_value());
  CHECK_FALSE(parse(written(Appended{1, static_cast<AppendState>(4), 0, 0, {}})).has_value());
  CHECK_FALSE(parse(written(Append{1, {}, {}, {}, std::nullopt, 299, kText, {}})).has_value());
}

TEST_CASE("introductions and key packages are bounded, their lists have one order") {
  const Bytes large(kIntroductionBytesMax + 1);
  CHECK(
      parse(written(Introduce{1, {}, {}, 0, ByteView(large).first(kIntroductionBytesMax), {}})).has_value());
  CHECK_FALSE(parse(written(Introduce{1, {}, {}, 0, large, {}})).has_value());
  CHECK_FALSE(parse(written(Introduce{1, {}, {}, 0, {}, {}})).has_value());
  CHECK_FALSE(parse(written(ReleaseIntroductions{1, {}, {}, {}, {}})).has_value());
  CHECK_FALSE(parse(written(ReleaseIntroductions{1, {}, {}, {2, 2}, {}})).has_value());
  const ByteView package = ByteView(large).first(kKeyPackageBytesMax + 1);
  CHECK_FALSE(parse(written(PublishKeyPackages{1, 1, {}, {{1, {}, {}, package}}, {}})).has_value());
  CHECK_FALSE(parse(written(PublishKeyPackages{1, 1, {}, {{1, {}, {}, {}}}, {}})).has_value());
  const std::vector<KeyPackageOffer> many(kOffersMax + 1, {1, {}, {}, ByteView(large).first(1)});
  CHECK_FALSE(parse(written(PublishKeyPackages{1, 1, {}, many, {}})).has_value());
  CHECK_FALSE(parse(written(KeyPackageCounts{1, {{3, 1, 0}, {3, 1, 0}}, {}})).has_value());
}

TEST_CASE("a proof of access holds for its key, log and link, and for no other") {
  AccessSeed seed;
  seed.fill()[0] = 9;
  const crypto::SignatureKeyPair pair = access_key_pair(seed).value();
  const AccessKey key = access_key_of(pair);
  const auto session = id_of<SessionId>(1);
  const auto log = id_of<LogId>(2);
  const AccessProof proof = prove_log_access(pair, session, log).value();
  CHECK(verify_log_access(proof, session, log, key).has_value());
  CHECK_FALSE(verify_log_access(proof, id_of<SessionId>(2), log, key).has_value());
  CHECK_FALSE(verify_log_access(proof, session, id_of<LogId>(1), key).has_value());
  CHECK_FALSE(verify_log_access(proof, session, log, id_of<AccessKey>(7)).has_value());
  CHECK_FALSE(verify_log_access(id_of<AccessProof>(7), session, log, key).has_value());
}
