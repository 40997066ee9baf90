#pragma once
// The part of a node's state file in memory that is about topics.

#include <map>

#include "node/store.hpp"

namespace taut::test::memory {

using namespace taut::node;

/// Copyable: a copy is a copied or restored file.
struct Topics {
  struct KeyPackage {
    std::uint16_t suite = 0;
    bool is_last_resort = false;
    WallTime expires;
    Bytes package;
  };

  std::map<RowNumber, TopicRow> topics;
  RowNumber last_topic = 0;
  std::map<std::pair<RowNumber, Bytes>, Bytes> records;
  std::map<RowNumber, TopicItemRow> items;
  RowNumber last_item = 0;
  std::map<RowNumber, WelcomeRow> welcomes;
  RowNumber last_welcome = 0;
  std::map<Bytes, KeyPackage> key_packages;
};

class MemoryTopicTransaction : public Transaction {
 public:
  explicit MemoryTopicTransaction(Topics& topics) : topics_(topics) {}

  Result<std::vector<TopicRow>> topics() override {
    std::vector<TopicRow> rows;
    for (const auto& [number, row] : topics_.topics) rows.push_back(row);
    std::ranges::sort(rows, {}, &TopicRow::name);
    return rows;
  }
  Result<std::optional<TopicRow>> topic(std::string_view name) override {
    for (const auto& [number, row] : topics_.topics)
      if (row.name == name) return row;
    return std::nullopt;
  }
  Result<std::optional<TopicRow>> topic(RowNumber number) override {
    const auto found = topics_.topics.find(number);
    if (found == topics_.topics.end()) return std::nullopt;
    return found->second;
  }
  Result<RowNumber> add_topic(std::string_view name, ByteView record) override {
    const RowNumber number = ++topics_.last_topic;
    topics_.topics[number] = {number, std::string(name), 0, to_bytes(record)};
    return number;
  }
  Status set_topic(const TopicRow& topic) override {
    if (const auto found = topics_.topics.find(topic.number); found != topics_.topics.end())
      found->second = topic;
    return {};
  }
  Status erase_topic(RowNumber number) override {
    topics_.topics.erase(number);
    std::erase_if(topics_.records, [&](const auto& one) { return one.first.first == number; });
    std::erase_if(topics_.items, [&](const auto& one) { return one.second.topic == number; });
    return {};
  }

  Result<std::vector<topic::Record>> topic_records(RowNumber topic) override {
    std::vector<topic::Record> records;
    for (const auto& [name, value] : topics_.records)
      if (name.first == topic) records.push_back({name.second, SecretBytes(ByteView(value))});
    return records;
  }
  Status put_topic_record(RowNumber topic, ByteView key, ByteView value) override {
    topics_.records[{topic, to_bytes(key)}] = to_bytes(value);
    return {};
  }
  Status erase_topic_record(RowNumber topic, ByteView key) override {
    topics_.records.erase({topic, to_bytes(key)});
    return {};
  }
  Status erase_topic_records(RowNumber topic) override {
    std::erase_if(topics_.records, [&](const auto& one) { return one.first.first == topic; });
    return {};
  }

  Result<RowNumber> add_topic_item(const TopicItemRow& item) override {
    TopicItemRow& added = topics_.items[++topics_.last_item] = item;
    return added.number = topics_.last_item;
  }
  Result<std::vector<TopicItemRow>> topic_items(RowNumber topic, std::size_t count_max) override {
    std::vector<TopicItemRow> rows;
    for (const auto& [number, row] : topics_.items)
      if (row.topic == topic && rows.size() < count_max) rows.push_back(row);
    return rows;
  }
  Status mark_topic_item_offered(RowNumber number) override {
    topics_.items.at(number).offered = Offered::before;
    return {};
  }
  Status erase_topic_item(RowNumber number) override {
    topics_.items.erase(number);
    return {};
  }
  Result<std::size_t> topic_item_count(RowNumber topic) override {
    return static_cast<std::size_t>(
        std::ranges::count_if(topics_.items, [&](const auto& one) { return one.second.topic == topic; }));
  }
  Result<std::size_t> erase_topic_items_due(WallTime now) override {
    return std::erase_if(topics_.items, [&](const auto& one) {
      return one.second.erase_at != WallTime{} && one.second.erase_at <= now;
    });
  }
  Result<std::optional<WallTime>> next_topic_item_due() override {
    std::optional<WallTime> next;
    for (const auto& [number, row] : topics_.items)
      if (row.erase_at != WallTime{} && (!next || row.erase_at < *next)) next = row.erase_at;
    return next;
  }

  Result<RowNumber> add_welcome(const WelcomeRow& welcome) override {
    WelcomeRow& added = topics_.welcomes[++topics_.last_welcome] = welcome;
    return added.number = topics_.last_welcome;
  }
  Result<std::vector<WelcomeRow>> welcomes() override {
    std::vector<WelcomeRow> rows;
    for (const auto& [number, row] : topics_.welcomes) rows.push_back(row);
    return rows;
  }
  Status erase_welcome(RowNumber number) override {
    topics_.welcomes.erase(number);
    return {};
  }

  Status put_key_package(const KeyPackageRow& package) override {
    topics_.key_packages[package.ref] = {package.suite, package.is_last_resort, package.expires,
                                         to_bytes(package.package.expose())};
    return {};
  }
  Result<std::optional<KeyPackageRow>> key_package(ByteView ref) override {
    const auto found = topics_.key_packages.find(to_bytes(ref));
    if (found == topics_.key_packages.end()) return std::nullopt;
    return row_of(*found);
  }
  Result<std::vector<KeyPackageRow>> key_packages() override {
    std::vector<KeyPackageRow> rows;
    for (const auto& one : topics_.key_packages) rows.push_back(row_of(one));
    return rows;
  }
  Status erase_key_package(ByteView ref) override {
    topics_.key_packages.erase(to_bytes(ref));
    return {};
  }

 private:
  static KeyPackageRow row_of(const std::pair<const Bytes, Topics::KeyPackage>& one) {
    const auto& [ref, kept] = one;
    return {ref, kept.suite, kept.is_last_resort, kept.expires, SecretBytes(ByteView(kept.package))};
  }

  Topics& topics_;
};

}  // namespace taut::test::memory
