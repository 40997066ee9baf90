#include "node/topic_records.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::node {

namespace {

using wire::Reader;
using wire::Writer;

constexpr std::uint8_t kTopicFormat = 1;
enum class ItemKind : std::uint8_t { message = 1, gap = 2, unsent = 3, notice = 4 };

void write_optional_node(Writer& out, const std::optional<NodeId>& node) {
  out.present(node.has_value());
  if (node) out.raw(node->view());
}

Result<std::optional<NodeId>> read_optional_node(Reader& in) {
  TAUT_TRY(const bool is_there, in.present());
  if (!is_there) return std::nullopt;
  TAUT_TRY(const NodeId node, in.value<NodeId>());
  return node;
}

Result<std::string> read_text(Reader& in) {
  TAUT_TRY(const ByteView text, in.vector());
  return std::string(as_text(text));
}

void write_kind(Writer& out, ItemKind kind) { out.u8(kTopicFormat).u8(static_cast<std::uint8_t>(kind)); }

void write_item(Writer& out, const TopicMessage& message) {
  write_kind(out, ItemKind::message);
  out.raw(message.from.view()).raw(message.message_id.view()).u64(message.counter).u64(message.epoch);
  out.u16(static_cast<std::uint16_t>(message.type)).u64(message.said_at.value_or(WallTime{}).unix_ms);
  out.u32(static_cast<std::uint32_t>(message.expires.count()));
  out.u8(static_cast<std::uint8_t>(message.delivery)).vector(message.body);
}

Result<TopicWhat> read_topic_message(Reader& in) {
  TopicMessage message;
  TAUT_TRY(message.from, in.value<NodeId>());
  TAUT_TRY(message.message_id, in.value<MessageId>());
  TAUT_TRY(message.counter, in.u64());
  TAUT_TRY(message.epoch, in.u64());
  TAUT_TRY(const std::uint16_t type, in.u16());
  message.type = static_cast<topic::ContentType>(type);
  TAUT_TRY(const std::uint64_t said_at, in.u64());
  if (said_at != 0) message.said_at = WallTime{said_at};
  TAUT_TRY(const std::uint32_t expires, in.u32());
  message.expires = std::chrono::seconds(expires);
  TAUT_TRY(const std::uint8_t delivery, in.u8());
  if (delivery > static_cast<std::uint8_t>(topic::Delivery::late)) return malformed();
  message.delivery = static_cast<topic::Delivery>(delivery);
  TAUT_TRY(const ByteView body, in.vector());
  message.body = to_bytes(body);
  return message;
}

void write_item(Writer& out, const TopicGap& gap) {
  write_kind(out, ItemKind::gap);
  out.raw(gap.from.view()).u64(gap.first).u64(gap.count);
}

Result<TopicWhat> read_topic_gap(Reader& in) {
  TopicGap gap;
  TAUT_TRY(gap.from, in.value<NodeId>());
  TAUT_TRY(gap.first, in.u64());
  TAUT_TRY(gap.count, in.u64());
  return gap;
}

void write_item(Writer& out, const TopicUnsent& unsent) {
  write_kind(out, ItemKind::unsent);
  out.raw(unsent.message_id.view()).u16(static_cast<std::uint16_t>(unsent.type));
  out.vector(as_bytes(unsent.reason)).vector(unsent.body);
}

Result<TopicWhat> read_topic_unsent(Reader& in) {
  TopicUnsent unsent;
  TAUT_TRY(unsent.message_id, in.value<MessageId>());
  TAUT_TRY(const std::uint16_t type, in.u16());
  unsent.type = static_cast<topic::ContentType>(type);
  TAUT_TRY(unsent.reason, read_text(in));
  TAUT_TRY(const ByteView body, in.vector());
  unsent.body = to_bytes(body);
  return unsent;
}

void write_item(Writer& out, const TopicHappening& happening) {
  write_kind(out, ItemKind::notice);
  out.u8(static_cast<std::uint8_t>(happening.what));
  write_optional_node(out, happening.who);
  write_optional_node(out, happening.by);
  out.u64(happening.epoch).vector(as_bytes(happening.detail));
}

Result<TopicWhat> read_topic_happening(Reader& in) {
  TopicHappening happening;
  TAUT_TRY(const std::uint8_t what, in.u8());
  happening.what = static_cast<TopicNotice>(what);
  if (name_of(happening.what).empty()) return malformed();
  TAUT_TRY(happening.who, read_optional_node(in));
  TAUT_TRY(happening.by, read_optional_node(in));
  TAUT_TRY(happening.epoch, in.u64());
  TAUT_TRY(happening.detail, read_text(in));
  return happening;
}

Result<TopicWhat> read_what(Reader& in) {
  TAUT_TRY(const std::uint8_t kind, in.u8());
  switch (static_cast<ItemKind>(kind)) {
    case ItemKind::message:
      return read_topic_message(in);
    case ItemKind::gap:
      return read_topic_gap(in);
    case ItemKind::unsent:
      return read_topic_unsent(in);
    case ItemKind::notice:
      return read_topic_happening(in);
  }
  return malformed();
}

Result<TopicRecord> read_topic_record(Reader& in) {
  TopicRecord record;
  TAUT_TRY(const std::uint8_t phase, in.u8());
  if (phase > static_cast<std::uint8_t>(TopicPhase::open)) return malformed();
  record.phase = static_cast<TopicPhase>(phase);
  TAUT_TRY(record.peer, read_optional_node(in));
  TAUT_TRY(const std::uint8_t copied, in.u8());
  if (copied > static_cast<std::uint8_t>(Copied::yes)) return malformed();
  record.copied = static_cast<Copied>(copied);
  TAUT_TRY(record.introductions_read, in.u64());
  return record;
}

/// What does not parse was damaged since it was written.
template <class Value>
Result<Value> read_whole(ByteView bytes, Result<Value> (*read)(Reader&)) {
  const auto damaged = [] { return fail(Errc::malformed, reasons::kDamagedState); };
  Reader in(bytes);
  const Result<std::uint8_t> format = in.u8();
  if (!format) return damaged();
  if (*format != kTopicFormat) return fail(Errc::incompatible, reasons::kFutureState);
  Result<Value> value = read(in);
  if (!value || !in.finish()) return damaged();
  return value;
}

}  // namespace

Bytes encode(const TopicWhat& what) {
  return wire::written(
      [&](Writer& out) { std::visit([&](const auto& one) { write_item(out, one); }, what); });
}

Result<TopicWhat> parse_topic_item(ByteView bytes) { return read_whole<TopicWhat>(bytes, read_what); }

Bytes encode(const TopicRecord& record) {
  return wire::written([&](Writer& out) {
    out.u8(kTopicFormat).u8(static_cast<std::uint8_t>(record.phase));
    write_optional_node(out, record.peer);
    out.u8(static_cast<std::uint8_t>(record.copied)).u64(record.introductions_read);
  });
}

Result<TopicRecord> parse_topic_record(ByteView bytes) {
  return read_whole<TopicRecord>(bytes, read_topic_record);
}

Status mark_topics_copied(Transaction& transaction) {
  TAUT_TRY(const std::vector<TopicRow> rows, transaction.topics());
  for (TopicRow row : rows) {
    TAUT_TRY(TopicRecord record, parse_topic_record(row.record));
    if (record.phase != TopicPhase::open) continue;
    record.copied = Copied::yes;
    row.record = encode(record);
    ++row.version;
    TAUT_CHECK(transaction.set_topic(row));
  }
  return {};
}

}  // namespace taut::node
