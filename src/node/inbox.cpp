#include "node/inbox.hpp"

#include "node/contacts.hpp"
#include "node/records.hpp"

namespace taut::node {

namespace {

using StreamName = Transaction::StreamName;

struct Stream {
  StreamName name;
  StreamRecord record;
};

Result<Stream> load_stream(Transaction& transaction, const StreamName& name) {
  TAUT_TRY(const std::optional<StreamRow> row, transaction.stream(name.sender, name.stream));
  if (!row) return Stream{name, {}};
  TAUT_TRY(StreamRecord record, parse_stream_record(row->record));
  return Stream{name, std::move(record)};
}

Status save_stream(Transaction& transaction, const Stream& stream, SealingKeyNumber newest_key) {
  return transaction.put_stream({stream.name.sender, stream.name.stream, encode(stream.record), newest_key});
}

/// Where a counter below `next` belongs: into a reported gap, or onto another message.
Order fill(StreamRecord& record, Counter counter) {
  const auto range = std::ranges::find_if(
      record.missing, [&](const CounterRange& one) { return one.first <= counter && counter <= one.last; });
  if (range == record.missing.end()) return Order::reused;
  const CounterRange before{range->first, counter - 1};
  const CounterRange after{counter + 1, range->last};
  const bool has_before = counter > range->first;
  const bool has_after = counter < range->last;
  auto at = record.missing.erase(range);
  if (has_after) at = record.missing.insert(at, after);
  if (has_before) record.missing.insert(at, before);
  return Order::late;
}

/// What is for the owner waits to be shown; what is for a topic, until the topic takes it.
Status deliver(Transaction& transaction, const Message& message) {
  if (message.content.type == envelope::ContentType::welcome) {
    TAUT_CHECK(transaction.add_welcome({0, message.sender, message.received, message.content.body}));
    return {};
  }
  TAUT_CHECK(transaction.add_item(encode(message)));
  return {};
}

Status deliver(Transaction& transaction, const HeldRow& held) {
  TAUT_TRY(const auto what, parse_item(held.record));
  return deliver(transaction, std::get<Message>(what));
}

/// Held messages whose turn has come.
Status advance(Transaction& transaction, Stream& stream) {
  for (;;) {
    TAUT_TRY(const std::optional<HeldRow> held,
             transaction.first_held(stream.name.sender, stream.name.stream));
    if (!held || held->counter != stream.record.next) return {};
    TAUT_CHECK(transaction.erase_held(stream.name.sender, stream.name.stream, held->counter));
    TAUT_CHECK(deliver(transaction, *held));
    ++stream.record.next;
  }
}

/// Of contacts alone: strangers could fill the state with them.
Status keep_token(Transaction& transaction, const envelope::Letter& letter, const NodeId& sender) {
  if (letter.delivery_token.empty()) return {};
  TAUT_TRY(const std::optional<ContactRow> contact, transaction.contact_of(sender));
  if (!contact) return {};
  return transaction.put_token(sender, letter.delivery_token);
}

Result<Message> to_message(Transaction& transaction, const Arrival& arrival, const NodeId& sender) {
  const envelope::Letter& letter = arrival.letter;
  Message message;
  message.sender = sender;
  message.id = letter.message_id;
  message.stream = letter.stream;
  message.counter = letter.counter;
  message.sent = letter.time;
  message.received = arrival.received;
  message.content = letter.content;
  TAUT_CHECK(keep_token(transaction, letter, sender));
  if (!letter.sender_card) return message;
  TAUT_CHECK(learn_card(transaction, *letter.sender_card));
  TAUT_TRY(const std::optional<ContactRow> contact, transaction.contact_of(sender));
  if (!contact) message.sender_card = to_bytes(letter.sender_card->bytes());
  return message;
}

Status place(Transaction& transaction, Stream& stream, Message message) {
  const Counter counter = message.counter;
  if (counter > stream.record.next) {
    TAUT_TRY(const bool held, transaction.hold({message.sender, message.stream, counter, encode(message)}));
    if (held) return {};
    message.order = Order::reused;
  } else if (counter < stream.record.next) {
    message.order = fill(stream.record, counter);
  }
  TAUT_CHECK(deliver(transaction, message));
  if (counter != stream.record.next) return {};
  ++stream.record.next;
  return advance(transaction, stream);
}

}  // namespace

Result<Verdict> accept(Transaction& transaction, const Arrival& arrival, SealingKeyNumber newest_key) {
  const envelope::Letter& letter = arrival.letter;
  const NodeId sender = letter.sender();
  TAUT_TRY(const bool seen, transaction.seen(sender, letter.message_id));
  if (seen) return Verdict::duplicate;
  TAUT_CHECK(transaction.remember(sender, letter.message_id, newest_key));
  TAUT_TRY(Message message, to_message(transaction, arrival, sender));
  TAUT_TRY(Stream stream, load_stream(transaction, {sender, letter.stream}));
  TAUT_CHECK(place(transaction, stream, std::move(message)));
  TAUT_CHECK(save_stream(transaction, stream, newest_key));
  return Verdict::accepted;
}

Status report_gap(Transaction& transaction, const StreamName& name) {
  TAUT_TRY(const std::optional<HeldRow> held, transaction.first_held(name.sender, name.stream));
  if (!held) return {};
  TAUT_TRY(Stream stream, load_stream(transaction, name));
  if (held->counter <= stream.record.next) return advance(transaction, stream);
  const CounterRange missing{stream.record.next, held->counter - 1};
  std::vector<CounterRange>& ranges = stream.record.missing;
  if (ranges.size() == kMissingRangesMax) ranges.erase(ranges.begin());
  ranges.push_back(missing);
  TAUT_CHECK(transaction.add_item(encode(Gap{name.sender, name.stream, missing.first, missing.last})));
  stream.record.next = held->counter;
  TAUT_CHECK(advance(transaction, stream));
  TAUT_TRY(const std::optional<StreamRow> row, transaction.stream(name.sender, name.stream));
  return save_stream(transaction, stream, row ? row->newest_key : 0);
}

}  // namespace taut::node
