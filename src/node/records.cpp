#include "node/records.hpp"

namespace taut::node {

namespace {

using wire::Reader;
using wire::Writer;

constexpr std::uint8_t kFormat = 1;
enum class Kind : std::uint8_t { message = 1, gap = 2 };

template <class Body>
Bytes record(Body body) {
  return wire::written([&](Writer& out) { body(out.u8(kFormat)); });
}

Result<Reader> begin(ByteView bytes) {
  Reader in(bytes);
  TAUT_TRY(const std::uint8_t format, in.u8());
  if (format != kFormat) return fail(Errc::incompatible, reasons::kFutureState);
  return in;
}

/// A record is written and read by this room alone: what does not parse was damaged in between.
template <class Value>
Result<Value> or_damaged(Result<Value> parsed) {
  if (parsed || parsed.error().code == Errc::incompatible) return parsed;
  return fail(Errc::malformed, reasons::kDamagedState);
}

template <class Read>
auto parse_record(ByteView bytes, Read read) -> std::invoke_result_t<Read, Reader&> {
  const auto parse = [&]() -> std::invoke_result_t<Read, Reader&> {
    TAUT_TRY(Reader in, begin(bytes));
    TAUT_TRY(auto value, read(in));
    TAUT_CHECK(in.finish());
    return value;
  };
  return or_damaged(parse());
}

void write_message(Writer& out, const Message& message) {
  out.raw(message.sender.view()).raw(message.id.view()).u64(message.stream).u64(message.counter);
  out.u64(message.sent.unix_ms).u64(message.received.unix_ms).u8(static_cast<std::uint8_t>(message.order));
  out.u16(static_cast<std::uint16_t>(message.content.type)).vector(message.content.body);
  out.present(message.sender_card.has_value());
  if (message.sender_card) out.vector(*message.sender_card);
}

Result<Message> read_message(Reader& in) {
  Message message;
  TAUT_TRY(message.sender, in.value<NodeId>());
  TAUT_TRY(message.id, in.value<MessageId>());
  TAUT_TRY(message.stream, in.u64());
  TAUT_TRY(message.counter, in.u64());
  TAUT_TRY(message.sent.unix_ms, in.u64());
  TAUT_TRY(message.received.unix_ms, in.u64());
  TAUT_TRY(const std::uint8_t order, in.u8());
  if (order > static_cast<std::uint8_t>(Order::reused)) return malformed();
  message.order = static_cast<Order>(order);
  TAUT_TRY(const std::uint16_t type, in.u16());
  TAUT_TRY(const ByteView body, in.vector());
  message.content = {static_cast<envelope::ContentType>(type), to_bytes(body)};
  TAUT_TRY(const bool has_card, in.present());
  if (has_card) {
    TAUT_TRY(const ByteView card, in.vector(identity::kCardBytesMax));
    message.sender_card = to_bytes(card);
  }
  return message;
}

void write_gap(Writer& out, const Gap& gap) {
  out.raw(gap.sender.view()).u64(gap.stream).u64(gap.first).u64(gap.last);
}

Result<Gap> read_gap(Reader& in) {
  Gap gap;
  TAUT_TRY(gap.sender, in.value<NodeId>());
  TAUT_TRY(gap.stream, in.u64());
  TAUT_TRY(gap.first, in.u64());
  TAUT_TRY(gap.last, in.u64());
  return gap;
}

Result<CounterRange> read_range(Reader& in) {
  CounterRange range;
  TAUT_TRY(range.first, in.u64());
  TAUT_TRY(range.last, in.u64());
  return range;
}

Result<crypto::SuiteId> read_suite(Reader& in) {
  TAUT_TRY(const std::uint16_t number, in.u16());
  const crypto::Suite* suite = crypto::find_suite(number);
  if (suite == nullptr) return malformed();
  return suite->id;
}

}  // namespace

Bytes encode(const StreamValue& value) {
  return record([&](Writer& out) { out.u64(value.stream).vector(value.place); });
}

Result<StreamValue> parse_stream_value(ByteView bytes) {
  return parse_record(bytes, [](Reader& in) -> Result<StreamValue> {
    TAUT_TRY(const StreamId stream, in.u64());
    TAUT_TRY(const ByteView place, in.vector());
    return StreamValue{stream, to_bytes(place)};
  });
}

Bytes encode(const StreamRecord& stream) {
  return record([&](Writer& out) {
    out.u64(stream.next);
    out.list(stream.missing,
             [](Writer& inner, const CounterRange& one) { inner.u64(one.first).u64(one.last); });
  });
}

Result<StreamRecord> parse_stream_record(ByteView bytes) {
  return parse_record(bytes, [](Reader& in) -> Result<StreamRecord> {
    StreamRecord stream;
    TAUT_TRY(stream.next, in.u64());
    TAUT_TRY(stream.missing, in.list(read_range));
    return stream;
  });
}

Bytes encode(const std::variant<Message, Gap>& what) {
  return record([&](Writer& out) {
    if (const Message* message = std::get_if<Message>(&what))
      write_message(out.u8(static_cast<std::uint8_t>(Kind::message)), *message);
    else
      write_gap(out.u8(static_cast<std::uint8_t>(Kind::gap)), std::get<Gap>(what));
  });
}

Result<std::variant<Message, Gap>> parse_item(ByteView bytes) {
  return parse_record(bytes, [](Reader& in) -> Result<std::variant<Message, Gap>> {
    TAUT_TRY(const std::uint8_t kind, in.u8());
    if (kind == static_cast<std::uint8_t>(Kind::message)) return read_message(in);
    if (kind == static_cast<std::uint8_t>(Kind::gap)) return read_gap(in);
    return malformed();
  });
}

Bytes encode(const OwnDispatcher& dispatcher) {
  return record([&](Writer& out) {
    out.vector(dispatcher.card.bytes()).u64(dispatcher.published_sequence);
    out.u8(static_cast<std::uint8_t>(dispatcher.standing)).u64(dispatcher.leaving_until.unix_ms);
  });
}

Result<OwnDispatcher> parse_own_dispatcher(ByteView bytes) {
  return parse_record(bytes, [](Reader& in) -> Result<OwnDispatcher> {
    TAUT_TRY(const ByteView card_bytes, in.vector(identity::kCardBytesMax));
    TAUT_TRY(const std::uint64_t published_sequence, in.u64());
    TAUT_TRY(const std::uint8_t standing, in.u8());
    if (standing > static_cast<std::uint8_t>(Standing::leaving)) return malformed();
    TAUT_TRY(const std::uint64_t leaving_until, in.u64());
    TAUT_TRY(identity::SignedCard card, identity::SignedCard::restore(card_bytes));
    return OwnDispatcher{
        std::move(card), published_sequence, static_cast<Standing>(standing), {leaving_until}};
  });
}

Bytes encode(const std::vector<PublishedKey>& keys) {
  return record([&](Writer& out) {
    out.list(keys,
             [](Writer& inner, const PublishedKey& one) { inner.u64(one.number).u64(one.since.unix_ms); });
  });
}

Result<std::vector<PublishedKey>> parse_published_keys(ByteView bytes) {
  return parse_record(bytes, [](Reader& in) {
    return in.list([](Reader& one) -> Result<PublishedKey> {
      TAUT_TRY(const SealingKeyNumber number, one.u64());
      TAUT_TRY(const std::uint64_t since, one.u64());
      return PublishedKey{number, {since}};
    });
  });
}

Bytes encode(const std::vector<crypto::SuiteId>& suites) {
  return record([&](Writer& out) {
    out.list(suites, [](Writer& inner, crypto::SuiteId one) { inner.u16(static_cast<std::uint16_t>(one)); });
  });
}

Result<std::vector<crypto::SuiteId>> parse_suites(ByteView bytes) {
  return parse_record(bytes, [](Reader& in) { return in.list(read_suite); });
}

Bytes encode(const std::vector<identity::Address>& addresses) {
  return record([&](Writer& out) { out.list(addresses, identity::write_address); });
}

Result<std::vector<identity::Address>> parse_addresses(ByteView bytes) {
  return parse_record(bytes, [](Reader& in) { return in.list(identity::read_address); });
}

Bytes encode(const WallTime& time) {
  return record([&](Writer& out) { out.u64(time.unix_ms); });
}

Result<WallTime> parse_wall_time(ByteView bytes) {
  return parse_record(bytes, [](Reader& in) -> Result<WallTime> {
    TAUT_TRY(const std::uint64_t unix_ms, in.u64());
    return WallTime{unix_ms};
  });
}

}  // namespace taut::node
