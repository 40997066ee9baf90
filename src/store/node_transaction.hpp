#pragma once
// The operations of one transaction on a node's state file; for node_store.cpp only.

#include "node/store.hpp"
#include "store/sqlite.hpp"

namespace taut::store {

class NodeTransaction final : public node::Transaction {
 public:
  explicit NodeTransaction(Database& database) : database_(database) {}

  Result<std::optional<SecretBytes>> value(node::ValueKey key) override;
  Status set_value(node::ValueKey key, ByteView value) override;

  Result<std::vector<node::SealingKeyRow>> sealing_keys() override;
  Result<node::SealingKeyNumber> add_sealing_key(ByteView key) override;
  Status erase_sealing_key(node::SealingKeyNumber number) override;

  Result<std::vector<node::ContactRow>> contacts() override;
  Result<std::optional<node::ContactRow>> contact(std::string_view petname) override;
  Result<std::optional<node::ContactRow>> contact_of(const NodeId& node) override;
  Status put_contact(const node::ContactRow& contact) override;
  Status erase_contact(std::string_view petname) override;

  Result<std::optional<Bytes>> card(const NodeId& node) override;
  Status put_card(const NodeId& node, ByteView card) override;
  Status erase_card(const NodeId& node) override;

  Result<std::optional<Bytes>> token(const NodeId& node) override;
  Status put_token(const NodeId& node, ByteView token) override;
  Status erase_token(const NodeId& node) override;

  Result<std::vector<node::DispatcherRow>> dispatchers() override;
  Status put_dispatcher(const node::DispatcherRow& dispatcher) override;
  Status erase_dispatcher(const NodeId& node) override;

  Result<node::Counter> next_counter(const NodeId& recipient) override;
  Status set_next_counter(const NodeId& recipient, node::Counter next) override;
  Status clear_counters() override;

  Result<node::RowNumber> add_outgoing(const node::OutgoingRow& row) override;
  Result<std::vector<node::OutgoingRow>> outgoing(node::RowNumber after, std::size_t count_max) override;
  Status set_stage(node::RowNumber number, node::Stage stage) override;
  Status erase_outgoing(node::RowNumber number) override;
  Result<std::size_t> outgoing_count() override;
  Result<std::vector<Unreleased>> unreleased(const NodeId& recipient) override;
  Result<std::vector<ReleaseRow>> releases() override;
  Result<std::size_t> releases_to(const NodeId& recipient) override;

  Result<std::optional<node::StreamRow>> stream(const NodeId& sender, node::StreamId stream) override;
  Status put_stream(const node::StreamRow& row) override;
  Result<bool> seen(const NodeId& sender, const MessageId& message) override;
  Status remember(const NodeId& sender, const MessageId& message, node::SealingKeyNumber newest_key) override;
  Status forget_up_to(node::SealingKeyNumber newest_key) override;

  Result<bool> hold(const node::HeldRow& row) override;
  Result<std::optional<node::HeldRow>> first_held(const NodeId& sender, node::StreamId stream) override;
  Status erase_held(const NodeId& sender, node::StreamId stream, node::Counter counter) override;
  Result<std::vector<StreamName>> streams_with_held() override;

  Result<node::RowNumber> add_item(ByteView record) override;
  Result<std::vector<node::ItemRow>> items(std::size_t count_max) override;
  Status mark_offered(node::RowNumber number) override;
  Status erase_item(node::RowNumber number) override;
  Result<std::size_t> item_count() override;

  Result<std::vector<node::TopicRow>> topics() override;
  Result<std::optional<node::TopicRow>> topic(std::string_view name) override;
  Result<std::optional<node::TopicRow>> topic(node::RowNumber number) override;
  Result<node::RowNumber> add_topic(std::string_view name, ByteView record) override;
  Status set_topic(const node::TopicRow& topic) override;
  Status erase_topic(node::RowNumber number) override;

  Result<std::vector<topic::Record>> topic_records(node::RowNumber topic) override;
  Status put_topic_record(node::RowNumber topic, ByteView key, ByteView value) override;
  Status erase_topic_record(node::RowNumber topic, ByteView key) override;
  Status erase_topic_records(node::RowNumber topic) override;

  Result<node::RowNumber> add_topic_item(const node::TopicItemRow& item) override;
  Result<std::vector<node::TopicItemRow>> topic_items(node::RowNumber topic, std::size_t count_max) override;
  Status mark_topic_item_offered(node::RowNumber number) override;
  Status erase_topic_item(node::RowNumber number) override;
  Result<std::size_t> topic_item_count(node::RowNumber topic) override;
  Result<std::size_t> erase_topic_items_due(WallTime now) override;
  Result<std::optional<WallTime>> next_topic_item_due() override;

  Result<node::RowNumber> add_welcome(const node::WelcomeRow& welcome) override;
  Result<std::vector<node::WelcomeRow>> welcomes() override;
  Status erase_welcome(node::RowNumber number) override;

  Status put_key_package(const node::KeyPackageRow& package) override;
  Result<std::optional<node::KeyPackageRow>> key_package(ByteView ref) override;
  Result<std::vector<node::KeyPackageRow>> key_packages() override;
  Status erase_key_package(ByteView ref) override;

 private:
  Result<std::size_t> count(Sql sql);
  Result<node::RowNumber> new_row() const { return static_cast<node::RowNumber>(database_.last_row()); }
  Result<std::vector<NodeId>> nodes_of(std::int64_t contact);
  /// From a query for id, petname, verification.
  Result<node::ContactRow> contact_in(const Query& query);

  Database& database_;
};

}  // namespace taut::store
