#include "topic/records.hpp"

namespace taut::topic {

namespace {

Bytes key_with(RecordKind kind, auto body) {
  return wire::written([&](wire::Writer& out) {
    out.u8(static_cast<std::uint8_t>(kind));
    body(out);
  });
}

}  // namespace

Bytes record_key(RecordKind kind) {
  return key_with(kind, [](wire::Writer&) {});
}
Bytes record_key(RecordKind kind, std::uint64_t number) {
  return key_with(kind, [&](wire::Writer& out) { out.u64(number); });
}
Bytes record_key(RecordKind kind, const NodeId& node_id) {
  return key_with(kind, [&](wire::Writer& out) { out.raw(node_id.view()); });
}
Bytes record_key(RecordKind kind, const NodeId& node_id, std::uint64_t number) {
  return key_with(kind, [&](wire::Writer& out) { out.raw(node_id.view()).u64(number); });
}
Bytes record_key(const mls::RecordKey& key) {
  return key_with(RecordKind::mls, [&](wire::Writer& out) { out.raw(key.encode()); });
}

Result<std::uint64_t> ParsedKey::number() const {
  wire::Reader in(rest);
  TAUT_TRY(const std::uint64_t value, in.u64());
  TAUT_CHECK(in.finish());
  return value;
}

Result<NodeId> ParsedKey::node_id() const {
  wire::Reader in(rest);
  TAUT_TRY(const NodeId value, in.value<NodeId>());
  TAUT_CHECK(in.finish());
  return value;
}

Result<std::pair<NodeId, std::uint64_t>> ParsedKey::node_and_number() const {
  wire::Reader in(rest);
  TAUT_TRY(const NodeId node_id, in.value<NodeId>());
  TAUT_TRY(const std::uint64_t value, in.u64());
  TAUT_CHECK(in.finish());
  return std::pair(node_id, value);
}

Result<ParsedKey> parse_key(ByteView key) {
  if (key.empty() || key.size() > kRecordKeyBytesMax ||
      key[0] > static_cast<std::uint8_t>(RecordKind::declined))
    return bad_records();
  return ParsedKey{static_cast<RecordKind>(key[0]), key.subspan(1)};
}

void Journal::take_from(mls::Group& group) {
  mls::Changes changes = group.take_changes();
  for (const mls::RecordKey& key : changes.erase) erase(record_key(key));
  for (mls::Record& record : changes.put) put(record_key(record.key), std::move(record.value));
}

Changes Journal::take() {
  Changes changes;
  for (auto& [key, value] : changes_) {
    if (value) {
      changes.put.push_back({key, std::move(*value)});
    } else {
      changes.erase.push_back(key);
    }
  }
  changes_.clear();
  return changes;
}

}  // namespace taut::topic
