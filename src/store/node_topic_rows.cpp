// What a node keeps of topics: their records, items, welcomes, KeyPackages.

#include "store/columns.hpp"
#include "store/failure.hpp"
#include "store/node_transaction.hpp"
#include "store/rows.hpp"

namespace taut::store {

using namespace node;

namespace {

TopicRow topic_in(const Query& query) {
  return {query.u64(0), std::string(query.text(1)), query.u64(2), to_bytes(query.bytes(3))};
}

/// From a query for ref, suite, last_resort, expires, package.
KeyPackageRow key_package_in(const Query& query) {
  return {to_bytes(query.bytes(0)), static_cast<std::uint16_t>(query.u64(1)), query.u64(2) != 0,
          WallTime{query.u64(3)}, SecretBytes(query.bytes(4))};
}

}  // namespace

Result<std::vector<TopicRow>> NodeTransaction::topics() {
  TAUT_TRY(Query query, database_.query("SELECT number, name, version, record FROM topic ORDER BY name"));
  return all_rows<TopicRow>(query, [&] { return topic_in(query); });
}

Result<std::optional<TopicRow>> NodeTransaction::topic(std::string_view name) {
  TAUT_TRY(Query query,
           database_.query("SELECT number, name, version, record FROM topic WHERE name = ?", name));
  return first_row<TopicRow>(query, [&] { return topic_in(query); });
}

Result<std::optional<TopicRow>> NodeTransaction::topic(RowNumber number) {
  TAUT_TRY(Query query, database_.query("SELECT number, name, version, record FROM topic WHERE number = ?",
                                        column_of(number)));
  return first_row<TopicRow>(query, [&] { return topic_in(query); });
}

Result<RowNumber> NodeTransaction::add_topic(std::string_view name, ByteView record) {
  TAUT_CHECK(database_.run("INSERT INTO topic (name, version, record) VALUES (?, 0, ?)", name, record));
  return new_row();
}

Status NodeTransaction::set_topic(const TopicRow& topic) {
  return database_.run("UPDATE topic SET name = ?, version = ?, record = ? WHERE number = ?",
                       std::string_view(topic.name), column_of(topic.version), topic.record,
                       column_of(topic.number));
}

Status NodeTransaction::erase_topic(RowNumber number) {
  return database_.run("DELETE FROM topic WHERE number = ?", column_of(number));
}

Result<std::vector<topic::Record>> NodeTransaction::topic_records(RowNumber topic) {
  TAUT_TRY(Query query,
           database_.query("SELECT key, value FROM topic_record WHERE topic = ?", column_of(topic)));
  return all_rows<topic::Record>(
      query, [&] { return topic::Record{to_bytes(query.bytes(0)), SecretBytes(query.bytes(1))}; });
}

Status NodeTransaction::put_topic_record(RowNumber topic, ByteView key, ByteView value) {
  return database_.run(
      "INSERT INTO topic_record (topic, key, value) VALUES (?, ?, ?)"
      " ON CONFLICT (topic, key) DO UPDATE SET value = excluded.value",
      column_of(topic), key, value);
}

Status NodeTransaction::erase_topic_record(RowNumber topic, ByteView key) {
  return database_.run("DELETE FROM topic_record WHERE topic = ? AND key = ?", column_of(topic), key);
}

Status NodeTransaction::erase_topic_records(RowNumber topic) {
  return database_.run("DELETE FROM topic_record WHERE topic = ?", column_of(topic));
}

Result<RowNumber> NodeTransaction::add_topic_item(const TopicItemRow& item) {
  TAUT_CHECK(database_.run("INSERT INTO topic_item (topic, offered, erase_at, record) VALUES (?, 0, ?, ?)",
                           column_of(item.topic), column_of(item.erase_at), item.record));
  return new_row();
}

Result<std::vector<TopicItemRow>> NodeTransaction::topic_items(RowNumber topic, std::size_t count_max) {
  TAUT_TRY(Query query, database_.query("SELECT number, offered, erase_at, record FROM topic_item"
                                        " WHERE topic = ? ORDER BY number LIMIT ?",
                                        column_of(topic), column_of(count_max)));
  return all_rows<TopicItemRow>(query, [&] {
    const Offered offered = query.u64(1) == 0 ? Offered::never : Offered::before;
    return TopicItemRow{query.u64(0), topic, offered, WallTime{query.u64(2)}, to_bytes(query.bytes(3))};
  });
}

Status NodeTransaction::mark_topic_item_offered(RowNumber number) {
  return database_.run("UPDATE topic_item SET offered = 1 WHERE number = ?", column_of(number));
}

Status NodeTransaction::erase_topic_item(RowNumber number) {
  return database_.run("DELETE FROM topic_item WHERE number = ?", column_of(number));
}

Result<std::size_t> NodeTransaction::topic_item_count(RowNumber topic) {
  TAUT_TRY(Query query, database_.query("SELECT count(*) FROM topic_item WHERE topic = ?", column_of(topic)));
  TAUT_CHECK(query.step());
  return static_cast<std::size_t>(query.u64(0));
}

Result<std::size_t> NodeTransaction::erase_topic_items_due(WallTime now) {
  TAUT_CHECK(database_.run("DELETE FROM topic_item WHERE erase_at <> 0 AND erase_at <= ?", column_of(now)));
  return static_cast<std::size_t>(database_.changed_rows());
}

Result<std::optional<WallTime>> NodeTransaction::next_topic_item_due() {
  TAUT_TRY(Query query, database_.query("SELECT erase_at FROM topic_item WHERE erase_at <> 0"
                                        " ORDER BY erase_at LIMIT 1"));
  return first_row<WallTime>(query, [&] { return WallTime{query.u64(0)}; });
}

Result<RowNumber> NodeTransaction::add_welcome(const WelcomeRow& welcome) {
  TAUT_CHECK(database_.run("INSERT INTO welcome (sender, received, body) VALUES (?, ?, ?)", welcome.sender,
                           column_of(welcome.received), welcome.body));
  return new_row();
}

Result<std::vector<WelcomeRow>> NodeTransaction::welcomes() {
  TAUT_TRY(Query query,
           database_.query("SELECT number, sender, received, body FROM welcome ORDER BY number"));
  return all_rows<WelcomeRow>(query, [&]() -> Result<WelcomeRow> {
    TAUT_TRY(const NodeId sender, query.value<NodeId>(1));
    return WelcomeRow{query.u64(0), sender, WallTime{query.u64(2)}, to_bytes(query.bytes(3))};
  });
}

Status NodeTransaction::erase_welcome(RowNumber number) {
  return database_.run("DELETE FROM welcome WHERE number = ?", column_of(number));
}

Status NodeTransaction::put_key_package(const KeyPackageRow& package) {
  return database_.run(
      "INSERT INTO key_package (ref, suite, last_resort, expires, package) VALUES (?, ?, ?, ?, ?)"
      " ON CONFLICT (ref) DO UPDATE SET package = excluded.package",
      package.ref, static_cast<std::int64_t>(package.suite), package.is_last_resort ? 1 : 0,
      column_of(package.expires), package.package.expose());
}

Result<std::optional<KeyPackageRow>> NodeTransaction::key_package(ByteView ref) {
  TAUT_TRY(Query query, database_.query("SELECT ref, suite, last_resort, expires, package FROM key_package"
                                        " WHERE ref = ?",
                                        ref));
  return first_row<KeyPackageRow>(query, [&] { return key_package_in(query); });
}

Result<std::vector<KeyPackageRow>> NodeTransaction::key_packages() {
  TAUT_TRY(Query query,
           database_.query("SELECT ref, suite, last_resort, expires, package FROM key_package ORDER BY id"));
  return all_rows<KeyPackageRow>(query, [&] { return key_package_in(query); });
}

Status NodeTransaction::erase_key_package(ByteView ref) {
  return database_.run("DELETE FROM key_package WHERE ref = ?", ref);
}

}  // namespace taut::store
