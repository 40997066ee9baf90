#include <doctest/doctest.h>

#include <cstdio>

#include "dispatcher_history.hpp"
#include "support/crash_disk.hpp"
#include "support/folder.hpp"

using namespace taut;
using namespace taut::test;
namespace fs = std::filesystem;

namespace {

enum class Afterwards : std::uint8_t { as_before, before_or_after };

struct Round {
  bool has_failed = false;
  std::string wrong;
};

/// A workload during which the n-th write, or sync, and all that follow fail. Whoever got an error opens
/// the store again when the disk is well.
Round fail_at(CrashDisk::Fault fault, std::size_t n, const Error& expected, Afterwards afterwards) {
  Folder folder;
  CrashDisk disk(folder.path());
  DispatcherHistory history(7);
  auto tables = history.open(folder.path());
  REQUIRE(tables.has_value());
  disk.fail(fault, n);
  Round round;
  for (int batches = 0; batches < 12 && !round.has_failed; ++batches) {
    auto batch = history.next();
    const auto results = (*tables)->carry_out(batch);
    const bool failed = std::ranges::any_of(results, [](const auto& result) { return !result; });
    round.has_failed = disk.has_failed();
    if (!failed) {
      history.acknowledged();
      if (batches % 4 == 3) (*tables)->shorten_log();
      continue;
    }
    for (const auto& result : results) {
      if (result || result.error() != expected) round.wrong = "an operation of the batch did not fail so";
    }
    if (afterwards == Afterwards::as_before) history.undone();
    if (batch.size() > 1 && (*tables)->carry_out(batch)[0].has_value())
      round.wrong = "goes on after an error";
  }
  tables->reset();
  disk.mend();
  if (round.wrong.empty()) round.wrong = history.examine(folder.path());
  return round;
}

std::size_t fail_everywhere(CrashDisk::Fault fault, const Error& expected, Afterwards afterwards) {
  std::size_t n = 0;
  for (;; ++n) {
    CAPTURE(n);
    const Round round = fail_at(fault, n, expected, afterwards);
    CHECK_MESSAGE(round.wrong.empty(), round.wrong);
    if (!round.has_failed) return n;
  }
}

}  // namespace

TEST_CASE("a disk that is full at any write: an error that says so, nothing changed, and on it goes") {
  const auto places = fail_everywhere(CrashDisk::Fault::full, {Errc::exhausted, store::reasons::kDiskFull},
                                      Afterwards::as_before);
  std::printf("dispatcher: disk full at each of %zu writes\n", places);
  CHECK(places > 100);
}

TEST_CASE("a disk that may not be written from any write on: an error, nothing changed") {
  const auto places = fail_everywhere(CrashDisk::Fault::read_only,
                                      {Errc::unavailable, store::reasons::kStorage}, Afterwards::as_before);
  CHECK(places > 100);
}

TEST_CASE("a sync that fails: an error, and the store does not go on as if nothing had been") {
  const auto places =
      fail_everywhere(CrashDisk::Fault::sync_fails, {Errc::unavailable, store::reasons::kStorage},
                      Afterwards::before_or_after);
  std::printf("dispatcher: failed sync at each of %zu syncs\n", places);
  CHECK(places > 10);
}

TEST_CASE(
    "a flipped bit in any file after a kill is found, or does no harm, or cuts the newest transaction") {
  Folder folder;
  DispatcherHistory history(3);
  auto tables = history.open(folder.path());
  REQUIRE(tables.has_value());
  const auto step = [&] {
    auto batch = history.next();
    for (const auto& result : (*tables)->carry_out(batch)) REQUIRE(result.has_value());
  };
  for (int batches = 0; batches < 30; ++batches) {
    step();
    history.acknowledged();
  }
  (*tables)->shorten_log();
  step();  // its bits may flip without anybody noticing: it looks like a write that was cut off
  DiskImage image;
  for (const char* name : {"post.db", "post.db-wal"}) image[name] = read_file(folder / name);
  Folder after;
  std::mt19937_64 random(1);
  std::size_t harmless = 0;
  std::size_t found = 0;
  constexpr int kFlips = 1000;
  for (int flip = 0; flip < kFlips; ++flip) {
    DiskImage flipped = image;
    std::string& bytes = flipped[flip % 2 == 0 ? "post.db" : "post.db-wal"];
    const std::size_t bit = random() % (8 * bytes.size());
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    write_image(after.path(), flipped);
    const std::string wrong = history.examine(after.path());
    const bool is_reported = wrong.starts_with("does not open") || wrong == "answers damaged";
    CAPTURE(flip);
    CHECK_MESSAGE((wrong.empty() || is_reported), wrong);
    harmless += wrong.empty() ? 1 : 0;
    found += is_reported ? 1 : 0;
  }
  std::printf("dispatcher: %d flipped bits, %zu found, %zu harmless\n", kFlips, found, harmless);
  CHECK(found > kFlips / 4);
}
