#pragma once
// A node's state file in memory: what node/store.hpp asks for, in the plainest way.

#include <map>
#include <set>

#include "node/store.hpp"
#include "support/memory_node_topics.hpp"

namespace taut::test {

namespace memory {

using namespace taut::node;

/// Everything that a state file holds. Copyable: a copy is a copied or restored file.
struct State {
  std::map<ValueKey, Bytes> values;
  std::map<SealingKeyNumber, Bytes> sealing_keys;
  SealingKeyNumber last_sealing_key = 0;
  std::map<std::string, ContactRow, std::less<>> contacts;
  std::map<NodeId, Bytes> cards;
  std::map<NodeId, Bytes> tokens;
  std::vector<DispatcherRow> dispatchers;
  std::map<NodeId, Counter> counters;
  std::map<RowNumber, OutgoingRow> outgoing;
  RowNumber last_outgoing = 0;
  std::map<std::pair<NodeId, StreamId>, StreamRow> streams;
  std::map<std::pair<NodeId, MessageId>, SealingKeyNumber> seen;
  std::map<std::tuple<NodeId, StreamId, Counter>, Bytes> held;
  std::map<RowNumber, ItemRow> items;
  RowNumber last_item = 0;
  Topics topics;
};

class MemoryTransaction final : public MemoryTopicTransaction {
 public:
  explicit MemoryTransaction(State& state) : MemoryTopicTransaction(state.topics), state_(state) {}

  Result<std::optional<SecretBytes>> value(ValueKey key) override {
    const auto found = state_.values.find(key);
    if (found == state_.values.end()) return std::nullopt;
    return SecretBytes(ByteView(found->second));
  }
  Status set_value(ValueKey key, ByteView value) override {
    state_.values[key] = to_bytes(value);
    return {};
  }

  Result<std::vector<SealingKeyRow>> sealing_keys() override {
    std::vector<SealingKeyRow> rows;
    for (const auto& [number, key] : state_.sealing_keys)
      rows.push_back({number, SecretBytes(ByteView(key))});
    return rows;
  }
  Result<SealingKeyNumber> add_sealing_key(ByteView key) override {
    state_.sealing_keys[++state_.last_sealing_key] = to_bytes(key);
    return state_.last_sealing_key;
  }
  Status erase_sealing_key(SealingKeyNumber number) override {
    state_.sealing_keys.erase(number);
    return {};
  }

  Result<std::vector<ContactRow>> contacts() override {
    std::vector<ContactRow> rows;
    for (const auto& [petname, row] : state_.contacts) rows.push_back(row);
    return rows;
  }
  Result<std::optional<ContactRow>> contact(std::string_view petname) override {
    const auto found = state_.contacts.find(petname);
    if (found == state_.contacts.end()) return std::nullopt;
    return found->second;
  }
  Result<std::optional<ContactRow>> contact_of(const NodeId& node) override {
    for (const auto& [petname, row] : state_.contacts)
      if (std::ranges::find(row.nodes, node) != row.nodes.end()) return row;
    return std::nullopt;
  }
  Status put_contact(const ContactRow& contact) override {
    state_.contacts[contact.petname] = contact;
    return {};
  }
  Status erase_contact(std::string_view petname) override {
    state_.contacts.erase(std::string(petname));
    return {};
  }

  Result<std::optional<Bytes>> card(const NodeId& node) override {
    const auto found = state_.cards.find(node);
    if (found == state_.cards.end()) return std::nullopt;
    return found->second;
  }
  Status put_card(const NodeId& node, ByteView card) override {
    state_.cards[node] = to_bytes(card);
    return {};
  }
  Status erase_card(const NodeId& node) override {
    state_.cards.erase(node);
    return {};
  }

  Result<std::optional<Bytes>> token(const NodeId& node) override {
    const auto found = state_.tokens.find(node);
    if (found == state_.tokens.end()) return std::nullopt;
    return found->second;
  }
  Status put_token(const NodeId& node, ByteView token) override {
    state_.tokens[node] = to_bytes(token);
    return {};
  }
  Status erase_token(const NodeId& node) override {
    state_.tokens.erase(node);
    return {};
  }

  Result<std::vector<DispatcherRow>> dispatchers() override { return state_.dispatchers; }
  Status put_dispatcher(const DispatcherRow& dispatcher) override {
    const auto held = std::ranges::find(state_.dispatchers, dispatcher.node_id, &DispatcherRow::node_id);
    if (held == state_.dispatchers.end())
      state_.dispatchers.push_back(dispatcher);
    else
      *held = dispatcher;
    return {};
  }
  Status erase_dispatcher(const NodeId& node) override {
    std::erase_if(state_.dispatchers, [&](const DispatcherRow& row) { return row.node_id == node; });
    return {};
  }

  Result<Counter> next_counter(const NodeId& recipient) override {
    const auto found = state_.counters.find(recipient);
    return found == state_.counters.end() ? 0 : found->second;
  }
  Status set_next_counter(const NodeId& recipient, Counter next) override {
    state_.counters[recipient] = next;
    return {};
  }
  Status clear_counters() override {
    state_.counters.clear();
    return {};
  }

  Result<RowNumber> add_outgoing(const OutgoingRow& row) override {
    OutgoingRow& added = state_.outgoing[++state_.last_outgoing] = row;
    return added.number = state_.last_outgoing;
  }
  Result<std::vector<OutgoingRow>> outgoing(RowNumber after, std::size_t count_max) override {
    std::vector<OutgoingRow> rows;
    for (auto at = state_.outgoing.upper_bound(after); at != state_.outgoing.end() && rows.size() < count_max;
         ++at)
      rows.push_back(at->second);
    return rows;
  }
  Status set_stage(RowNumber number, Stage stage) override {
    if (const auto found = state_.outgoing.find(number); found != state_.outgoing.end())
      found->second.stage = std::max(found->second.stage, stage);
    return {};
  }
  Status erase_outgoing(RowNumber number) override {
    state_.outgoing.erase(number);
    return {};
  }
  Result<std::size_t> outgoing_count() override {
    const auto is_told = [](const auto& one) { return one.second.until != Until::nothing; };
    return static_cast<std::size_t>(std::ranges::count_if(state_.outgoing, is_told));
  }
  Result<std::vector<Unreleased>> unreleased(const NodeId& recipient) override {
    std::vector<Unreleased> rows;
    for (const auto& [number, row] : state_.outgoing)
      if (row.recipient == recipient && row.until == Until::released)
        rows.push_back({number, row.message_id, row.stage});
    return rows;
  }
  Result<std::vector<ReleaseRow>> releases() override {
    std::vector<ReleaseRow> rows;
    for (const auto& [number, row] : state_.outgoing)
      if (row.until == Until::nothing) rows.push_back({number, row.recipient, row.expires});
    return rows;
  }
  Result<std::size_t> releases_to(const NodeId& recipient) override {
    const auto is_one = [&](const auto& one) {
      return one.second.until == Until::nothing && one.second.recipient == recipient;
    };
    return static_cast<std::size_t>(std::ranges::count_if(state_.outgoing, is_one));
  }

  Result<std::optional<StreamRow>> stream(const NodeId& sender, StreamId stream) override {
    const auto found = state_.streams.find({sender, stream});
    if (found == state_.streams.end()) return std::nullopt;
    return found->second;
  }
  Status put_stream(const StreamRow& row) override {
    state_.streams[{row.sender, row.stream}] = row;
    return {};
  }
  Result<bool> seen(const NodeId& sender, const MessageId& message) override {
    return state_.seen.contains({sender, message});
  }
  Status remember(const NodeId& sender, const MessageId& message, SealingKeyNumber newest_key) override {
    state_.seen[{sender, message}] = newest_key;
    return {};
  }
  Status forget_up_to(SealingKeyNumber newest_key) override {
    std::erase_if(state_.streams, [&](const auto& one) { return one.second.newest_key <= newest_key; });
    std::erase_if(state_.seen, [&](const auto& one) { return one.second <= newest_key; });
    return {};
  }

  Result<bool> hold(const HeldRow& row) override {
    return state_.held.try_emplace({row.sender, row.stream, row.counter}, row.record).second;
  }
  Result<std::optional<HeldRow>> first_held(const NodeId& sender, StreamId stream) override {
    const auto first = state_.held.lower_bound({sender, stream, 0});
    if (first == state_.held.end()) return std::nullopt;
    const auto& [its_sender, its_stream, counter] = first->first;
    if (its_sender != sender || its_stream != stream) return std::nullopt;
    return HeldRow{sender, stream, counter, first->second};
  }
  Status erase_held(const NodeId& sender, StreamId stream, Counter counter) override {
    state_.held.erase({sender, stream, counter});
    return {};
  }
  Result<std::vector<StreamName>> streams_with_held() override {
    std::set<std::pair<NodeId, StreamId>> names;
    for (const auto& [name, record] : state_.held) names.emplace(std::get<0>(name), std::get<1>(name));
    std::vector<StreamName> streams;
    for (const auto& [sender, stream] : names) streams.push_back({sender, stream});
    return streams;
  }

  Result<RowNumber> add_item(ByteView record) override {
    const RowNumber number = ++state_.last_item;
    state_.items[number] = {number, Offered::never, to_bytes(record)};
    return number;
  }
  Result<std::vector<ItemRow>> items(std::size_t count_max) override {
    std::vector<ItemRow> rows;
    for (auto at = state_.items.begin(); at != state_.items.end() && rows.size() < count_max; ++at)
      rows.push_back(at->second);
    return rows;
  }
  Status mark_offered(RowNumber number) override {
    state_.items.at(number).offered = Offered::before;
    return {};
  }
  Status erase_item(RowNumber number) override {
    state_.items.erase(number);
    return {};
  }
  Result<std::size_t> item_count() override { return state_.items.size(); }

 private:
  State& state_;
};

}  // namespace memory

class MemoryNodeStore final : public node::Store {
 public:
  MemoryNodeStore() = default;
  explicit MemoryNodeStore(memory::State state) : state_(std::move(state)) {}

  Status write(const Body& body) override {
    ++writes;
    if (fails_at_write != 0 && writes >= fails_at_write) return fail(Errc::exhausted, reasons::kDiskFull);
    memory::State next = state_;
    memory::MemoryTransaction transaction(next);
    TAUT_CHECK(body(transaction));
    if (fails_at_commit != 0 && writes >= fails_at_commit) return fail(Errc::exhausted, reasons::kDiskFull);
    state_ = std::move(next);
    return {};
  }
  Status read(const Body& body) override {
    ++reads;
    if (fails_at_read != 0 && reads >= fails_at_read) return fail(Errc::unavailable, reasons::kStorage);
    memory::State copy = state_;
    memory::MemoryTransaction transaction(copy);
    return body(transaction);
  }

  const memory::State& state() const { return state_; }

  std::size_t reads = 0;
  std::size_t fails_at_read = 0;  ///< this read and all later ones fail; 0: none
  std::size_t writes = 0;
  std::size_t fails_at_write = 0;   ///< this write and all later ones fail before their body; 0: none
  std::size_t fails_at_commit = 0;  ///< the same, after their body

 private:
  memory::State state_;
};

}  // namespace taut::test
