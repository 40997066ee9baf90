#pragma once
// A disk under SQLite that knows what a power cut would leave: everything that was synced, and of the rest
// whatever the test picks. As long as it lives it is SQLite's default layer for one folder; it can also be
// full, refuse to sync, or be read-only. Other folders work as usual, without syncs.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace taut::test {

/// File names and contents.
using DiskImage = std::map<std::string, std::string>;

class CrashDisk {
 public:
  static constexpr std::size_t kSectorBytes = 512;

  explicit CrashDisk(const std::filesystem::path& folder);
  CrashDisk(const CrashDisk&) = delete;
  CrashDisk& operator=(const CrashDisk&) = delete;
  ~CrashDisk();

  enum class Step : std::uint8_t { create, write, truncate, sync, remove };
  /// Called before everything that changes the disk.
  std::function<void(Step)> before_change;

  /// How many changes since the last sync, by file, might or might not be on the disk.
  std::size_t pending_count() const;
  std::size_t pending_sectors(std::size_t index) const;
  /// How many of a pending change's sectors, from its first on, reach the disk.
  using Survives = std::function<std::size_t(std::size_t index)>;
  DiskImage after_power_cut(const Survives& survives) const;

  enum class Fault : std::uint8_t { none, full, sync_fails, read_only };
  /// From the n-th change of that kind on (writes; syncs), 0 being the next.
  void fail(Fault fault, std::size_t after = 0);
  void mend() { fault_ = Fault::none; }
  bool has_failed() const { return has_failed_; }

  enum class Syncs : std::uint8_t { honest, late };
  /// Late: a sync says yes at once, and its data is safe only with the next one: who believes it
  /// acknowledges before the sync.
  void set_syncs(Syncs syncs) { syncs_ = syncs; }

  // Between the layer's functions, which SQLite calls, and the model.
  struct File;
  struct Change;
  std::shared_ptr<File> open(const std::string& path, bool create);
  void write(const std::shared_ptr<File>& file, std::string bytes, std::size_t offset);
  void truncate(const std::shared_ptr<File>& file, std::size_t size);
  void sync(const std::shared_ptr<File>& file);
  void remove(const std::string& path, bool syncs_folder);
  bool holds(const char* path) const;
  /// Whether the next change of this kind fails; counts it.
  bool fails(Fault kind);
  sqlite3_vfs* real() const { return real_; }

 private:
  using Names = std::map<std::string, std::shared_ptr<File>>;
  std::string name_of(const std::string& path) const;
  void notice(Step step) const {
    if (before_change) before_change(step);
  }
  void settle(const std::shared_ptr<File>& file);
  void settle_names();
  template <class Pick>
  void settle_where(Pick pick);

  std::string folder_;
  sqlite3_vfs* real_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  Names seen_;     ///< the folder, as programs see it
  Names durable_;  ///< the folder, as it would come back
  std::vector<Change> pending_;
  std::vector<std::shared_ptr<File>> late_;
  Syncs syncs_ = Syncs::honest;
  Fault fault_ = Fault::none;
  std::size_t fault_after_ = 0;
  bool has_failed_ = false;
};

/// The same files in another folder, private as ours are.
void write_image(const std::filesystem::path& folder, const DiskImage& image);

}  // namespace taut::test
