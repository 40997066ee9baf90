#pragma once
// Cuts the power at every change of the disk, in every way that matters, and looks at what comes back.

#include <functional>
#include <string>
#include <unordered_set>

#include "support/crash_disk.hpp"
#include "support/folder.hpp"

namespace taut::test {

class PowerCuts {
 public:
  /// What is wrong with the files in a folder, or nothing.
  using Examine = std::function<std::string(const std::filesystem::path& folder)>;

  PowerCuts(CrashDisk& disk, Examine examine) : disk_(disk), examine_(std::move(examine)) {
    disk_.before_change = [this](CrashDisk::Step) { cut(); };
  }
  ~PowerCuts() { disk_.before_change = nullptr; }

  /// The same bytes now mean something else: more has been acknowledged.
  void expectations_changed() { known_.clear(); }

  std::size_t places = 0;      ///< changes of the disk
  std::size_t recoveries = 0;  ///< different states of the disk, examined
  std::vector<std::string> wrong;

 private:
  /// Of what was not synced: nothing; all; each change alone; all but the first; the last one torn.
  void cut() {
    ++places;
    const std::size_t count = disk_.pending_count();
    const auto sectors = [this](std::size_t i) { return disk_.pending_sectors(i); };
    look("nothing", [](std::size_t) { return 0; });
    look("all", sectors);
    for (std::size_t one = 0; one < count; ++one)
      look("only one", [&](std::size_t i) { return i == one ? sectors(i) : 0; });
    if (count == 0) return;
    look("all but the first", [&](std::size_t i) { return i == 0 ? 0 : sectors(i); });
    for (std::size_t kept = 1; kept < sectors(count - 1); kept += 3)
      look("torn", [&](std::size_t i) { return i + 1 == count ? kept : sectors(i); });
  }

  void look(const std::string& what, const CrashDisk::Survives& survives) {
    const DiskImage image = disk_.after_power_cut(survives);
    if (!known_.insert(fingerprint(image)).second) return;
    ++recoveries;
    write_image(after_.path(), image);
    const std::string found = examine_(after_.path());
    if (!found.empty()) wrong.push_back("place " + std::to_string(places) + ", " + what + ": " + found);
  }

  static std::size_t fingerprint(const DiskImage& image) {
    std::size_t sum = 0;
    for (const auto& [name, bytes] : image)
      sum = sum * 31 + std::hash<std::string>()(name) * 17 + std::hash<std::string>()(bytes);
    return sum;
  }

  CrashDisk& disk_;
  Examine examine_;
  Folder after_;
  std::unordered_set<std::size_t> known_;
};

}  // namespace taut::test
