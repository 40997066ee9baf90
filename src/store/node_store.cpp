#include "store/node_store.hpp"

#include "store/node_schema.hpp"
#include "store/node_transaction.hpp"

namespace taut::store {

Opened<NodeStore> NodeStore::open(const std::filesystem::path& file) {
  auto database = store::open(file, kNodeSchema);
  if (!database) return std::unexpected(std::move(database).error());
  return NodeStore(std::move(*database), std::filesystem::absolute(file).string() + "-wal");
}

// Another process may keep the log that this one wrote.
NodeStore::~NodeStore() {
  if (database_.is_open()) static_cast<void>(tidy());
}

Status NodeStore::write(const Body& body) {
  TAUT_TRY(Transaction transaction, Transaction::to_write(database_));
  NodeTransaction operations(database_);
  TAUT_CHECK(body(operations));
  return transaction.commit();
}

Status NodeStore::read(const Body& body) {
  TAUT_TRY(const Transaction transaction, Transaction::to_read(database_));
  NodeTransaction operations(database_);
  return body(operations);
}

Status NodeStore::tidy() {
  std::error_code absent;
  const auto size = std::filesystem::file_size(log_, absent);
  if (absent || size == 0) return {};
  return database_.truncate_log();
}

}  // namespace taut::store
