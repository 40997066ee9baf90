#pragma once
// The bytes of a node's own values and records in the state file (docs/protocol/node-state.md). Each begins
// with a format byte, 1. What does not read back is a damaged file: malformed (damaged_state).

#include "node/items.hpp"
#include "node/own_dispatchers.hpp"
#include "node/rows.hpp"

namespace taut::node {

/// struct { uint64 stream; opaque place<V>; } StreamValue;
struct StreamValue {
  StreamId stream = 0;
  Bytes place;
};
Bytes encode(const StreamValue& value);
Result<StreamValue> parse_stream_value(ByteView bytes);

/// Both ends included.
struct CounterRange {
  Counter first = 0;
  Counter last = 0;
  friend bool operator==(const CounterRange&, const CounterRange&) = default;
};

/// What has come in a stream: everything below `next` except what is missing.
/// struct { uint64 next; CounterRange missing<V>; } StreamRecord;   ranges ascend
struct StreamRecord {
  Counter next = 0;
  std::vector<CounterRange> missing;
};
Bytes encode(const StreamRecord& record);
Result<StreamRecord> parse_stream_record(ByteView bytes);

/// struct { uint8 kind; select (kind) { case 1: Message; case 2: Gap; }; } ItemRecord;
Bytes encode(const std::variant<Message, Gap>& what);
Result<std::variant<Message, Gap>> parse_item(ByteView bytes);

/// struct { opaque card<V>; uint64 published_sequence; Standing standing; uint64 leaving_until; }
///   DispatcherRecord;
Bytes encode(const OwnDispatcher& dispatcher);
Result<OwnDispatcher> parse_own_dispatcher(ByteView bytes);

/// struct { uint64 number; uint64 since; } PublishedKey;
struct PublishedKey {
  SealingKeyNumber number = 0;
  WallTime since;
};
Bytes encode(const std::vector<PublishedKey>& keys);
Result<std::vector<PublishedKey>> parse_published_keys(ByteView bytes);

Bytes encode(const std::vector<crypto::SuiteId>& suites);
Result<std::vector<crypto::SuiteId>> parse_suites(ByteView bytes);
Bytes encode(const std::vector<identity::Address>& addresses);
Result<std::vector<identity::Address>> parse_addresses(ByteView bytes);
Bytes encode(const WallTime& time);
Result<WallTime> parse_wall_time(ByteView bytes);

}  // namespace taut::node
