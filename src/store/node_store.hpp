#pragma once
// A node's state file. Several processes may have it open; each transaction is short and durable when it
// ends.

#include <filesystem>

#include "node/store.hpp"
#include "store/failure.hpp"
#include "store/sqlite.hpp"

namespace taut::store {

class NodeStore final : public node::Store {
 public:
  /// Makes the file where there is none.
  /// @errors those of store::open()
  static Opened<NodeStore> open(const std::filesystem::path& file);

  NodeStore(NodeStore&&) noexcept = default;
  NodeStore& operator=(NodeStore&&) = delete;
  ~NodeStore() override;

  /// After an error of the disk (disk_full, storage) it has stopped: open it again.
  Status write(const Body& body) override;
  Status read(const Body& body) override;

  /// Cuts the log, so that what was erased is in no file. For processes that stay: at least every 30 s.
  /// @errors busy: another process is reading or writing; try again soon
  Status tidy();

  /// Reads everything and holds it against its checksums and structure.
  /// @errors damaged
  Status check() { return database_.check(); }
  /// The last error in words.
  const Failure& failure() const { return database_.failure(); }

 private:
  NodeStore(Database database, std::filesystem::path log)
      : database_(std::move(database)), log_(std::move(log)) {}

  Database database_;
  std::filesystem::path log_;
};

}  // namespace taut::store
