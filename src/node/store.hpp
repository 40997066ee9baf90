#pragma once
// The state file, as a node sees it. Implemented by store/ (SQLite), by memory in tests, and by the
// simulator's disk.
//
// Everything happens in short transactions; several processes may have the same file open, and each
// transaction sees what others committed before it.

#include <functional>

#include "base/result.hpp"
#include "node/reasons.hpp"
#include "node/rows.hpp"
#include "node/topic_store.hpp"

namespace taut::node {

/// The operations of one transaction. Any error ends it: the body returns it, nothing is kept.
/// @errors unavailable (storage, busy), exhausted (disk_full) on each operation
class Transaction : public TopicTransaction {
 public:
  virtual Result<std::optional<SecretBytes>> value(ValueKey key) = 0;
  virtual Status set_value(ValueKey key, ByteView value) = 0;

  /// Ascending by number.
  virtual Result<std::vector<SealingKeyRow>> sealing_keys() = 0;
  /// @return  its number: one more than any number given before, erased ones included
  virtual Result<SealingKeyNumber> add_sealing_key(ByteView key) = 0;
  /// The bytes are overwritten in the file.
  virtual Status erase_sealing_key(SealingKeyNumber number) = 0;

  /// Ascending by petname.
  virtual Result<std::vector<ContactRow>> contacts() = 0;
  virtual Result<std::optional<ContactRow>> contact(std::string_view petname) = 0;
  virtual Result<std::optional<ContactRow>> contact_of(const NodeId& node) = 0;
  /// Takes the place of the contact with the same petname.
  virtual Status put_contact(const ContactRow& contact) = 0;
  virtual Status erase_contact(std::string_view petname) = 0;

  /// The newest card of another node that we hold.
  virtual Result<std::optional<Bytes>> card(const NodeId& node) = 0;
  virtual Status put_card(const NodeId& node, ByteView card) = 0;
  virtual Status erase_card(const NodeId& node) = 0;

  /// What another node gave us to show to its dispatchers.
  virtual Result<std::optional<Bytes>> token(const NodeId& node) = 0;
  virtual Status put_token(const NodeId& node, ByteView token) = 0;
  virtual Status erase_token(const NodeId& node) = 0;

  /// In the order in which they were first put.
  virtual Result<std::vector<DispatcherRow>> dispatchers() = 0;
  virtual Status put_dispatcher(const DispatcherRow& dispatcher) = 0;
  virtual Status erase_dispatcher(const NodeId& node) = 0;

  /// The counter of our next message to a recipient in our current stream; 0 when there was none.
  virtual Result<Counter> next_counter(const NodeId& recipient) = 0;
  virtual Status set_next_counter(const NodeId& recipient, Counter next) = 0;
  /// All of them: a new stream begins.
  virtual Status clear_counters() = 0;

  /// @return  its number
  virtual Result<RowNumber> add_outgoing(const OutgoingRow& row) = 0;
  /// Those with a higher number than `after`, ascending, at most `count_max`.
  virtual Result<std::vector<OutgoingRow>> outgoing(RowNumber after, std::size_t count_max) = 0;
  /// Nothing happens where there is none, or where it is further: another process may have been faster.
  virtual Status set_stage(RowNumber number, Stage stage) = 0;
  /// Nothing happens where there is none.
  virtual Status erase_outgoing(RowNumber number) = 0;
  /// Without releases of ours.
  virtual Result<std::size_t> outgoing_count() = 0;
  struct Unreleased {
    RowNumber number = 0;
    MessageId message_id;
    Stage stage = Stage::sealed;
  };
  /// Messages to this recipient whose release is waited for, ascending by number.
  virtual Result<std::vector<Unreleased>> unreleased(const NodeId& recipient) = 0;
  struct ReleaseRow {
    RowNumber number = 0;
    NodeId recipient;
    WallTime expires;
  };
  /// Releases of ours that wait to be put, ascending by number.
  virtual Result<std::vector<ReleaseRow>> releases() = 0;
  /// How many of them go to this recipient.
  virtual Result<std::size_t> releases_to(const NodeId& recipient) = 0;

  virtual Result<std::optional<StreamRow>> stream(const NodeId& sender, StreamId stream) = 0;
  virtual Status put_stream(const StreamRow& row) = 0;
  /// Whether this sender's message was received before.
  virtual Result<bool> seen(const NodeId& sender, const MessageId& message) = 0;
  /// @pre not seen
  virtual Status remember(const NodeId& sender, const MessageId& message, SealingKeyNumber newest_key) = 0;
  /// Streams and message IDs last heard under a key of this number or a lower one: every key that could
  /// open such a message again is gone.
  virtual Status forget_up_to(SealingKeyNumber newest_key) = 0;

  /// @return  false: another message is held under this counter; nothing has changed
  virtual Result<bool> hold(const HeldRow& row) = 0;
  /// The held message with the lowest counter.
  virtual Result<std::optional<HeldRow>> first_held(const NodeId& sender, StreamId stream) = 0;
  virtual Status erase_held(const NodeId& sender, StreamId stream, Counter counter) = 0;
  struct StreamName {
    NodeId sender;
    StreamId stream = 0;
  };
  virtual Result<std::vector<StreamName>> streams_with_held() = 0;

  virtual Result<RowNumber> add_item(ByteView record) = 0;
  /// Ascending, at most `count_max`.
  virtual Result<std::vector<ItemRow>> items(std::size_t count_max) = 0;
  virtual Status mark_offered(RowNumber number) = 0;
  /// The bytes are overwritten in the file.
  virtual Status erase_item(RowNumber number) = 0;
  virtual Result<std::size_t> item_count() = 0;
};

class Store {
 public:
  using Body = std::function<Status(Transaction&)>;

  virtual ~Store() = default;

  /// Runs `body` and commits; on return everything is on disk. When `body` or the commit fails, nothing
  /// has changed, and the error is returned. Other writers wait.
  virtual Status write(const Body& body) = 0;
  /// Runs `body` on one consistent state; it changes nothing.
  virtual Status read(const Body& body) = 0;
};

}  // namespace taut::node
