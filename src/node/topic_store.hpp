#pragma once
// The part of a transaction on the state file that is about topics (node/store.hpp).

#include "base/result.hpp"
#include "node/topic_rows.hpp"

namespace taut::node {

/// @errors as Transaction
class TopicTransaction {
 public:
  virtual ~TopicTransaction() = default;

  /// Ascending by name.
  virtual Result<std::vector<TopicRow>> topics() = 0;
  virtual Result<std::optional<TopicRow>> topic(std::string_view name) = 0;
  virtual Result<std::optional<TopicRow>> topic(RowNumber number) = 0;
  /// @pre no topic has this name
  virtual Result<RowNumber> add_topic(std::string_view name, ByteView record) = 0;
  /// Name, version and record. Nothing happens where there is none.
  virtual Status set_topic(const TopicRow& topic) = 0;
  /// With its records and items; the bytes are overwritten in the file.
  virtual Status erase_topic(RowNumber number) = 0;

  virtual Result<std::vector<topic::Record>> topic_records(RowNumber topic) = 0;
  /// Takes the place of the record with this key, whose bytes are overwritten.
  virtual Status put_topic_record(RowNumber topic, ByteView key, ByteView value) = 0;
  virtual Status erase_topic_record(RowNumber topic, ByteView key) = 0;
  virtual Status erase_topic_records(RowNumber topic) = 0;

  /// @return  its number
  virtual Result<RowNumber> add_topic_item(const TopicItemRow& item) = 0;
  /// Ascending, at most `count_max`.
  virtual Result<std::vector<TopicItemRow>> topic_items(RowNumber topic, std::size_t count_max) = 0;
  virtual Status mark_topic_item_offered(RowNumber number) = 0;
  /// The bytes are overwritten in the file.
  virtual Status erase_topic_item(RowNumber number) = 0;
  virtual Result<std::size_t> topic_item_count(RowNumber topic) = 0;
  /// Those whose time is over. @return  how many
  virtual Result<std::size_t> erase_topic_items_due(WallTime now) = 0;
  /// When the next one is.
  virtual Result<std::optional<WallTime>> next_topic_item_due() = 0;

  virtual Result<RowNumber> add_welcome(const WelcomeRow& welcome) = 0;
  /// Ascending.
  virtual Result<std::vector<WelcomeRow>> welcomes() = 0;
  virtual Status erase_welcome(RowNumber number) = 0;

  virtual Status put_key_package(const KeyPackageRow& package) = 0;
  virtual Result<std::optional<KeyPackageRow>> key_package(ByteView ref) = 0;
  virtual Result<std::vector<KeyPackageRow>> key_packages() = 0;
  virtual Status erase_key_package(ByteView ref) = 0;
};

}  // namespace taut::node
