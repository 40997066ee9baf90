#pragma once
// What came to one inbox in one transaction, kept in one row: a row for each message costs five times as
// much. A bundle says what became of its messages, also when their bodies are gone.

#include "dispatcher/store.hpp"

namespace taut::store {

enum class EntryState : std::uint8_t { stored = 0, released = 1, expired = 2, forgotten = 3 };

/// One message, and its submission.
struct BundleEntry {
  dispatcher::QueueNumber number = 0;
  SubmissionId submission;
  dispatcher::BodyHash hash;
  WallTime received;
  WallTime expires;
  WallTime forget;
  std::uint32_t size = 0;  ///< of the body; the bodies lie one behind the other
  dispatcher::Share share = dispatcher::Share::stranger;
  EntryState state = EntryState::stored;
};

using BundleEntries = std::vector<BundleEntry>;

/// struct {
///   uint64 number; SubmissionId submission; BodyHash hash;
///   uint64 received; uint64 expires; uint64 forget;
///   uint32 size; uint8 share; uint8 state;
/// } BundleEntry;    BundleEntry entries[…];    to the end
Bytes encode(const BundleEntries& entries);
/// @errors damaged: nothing that encode() would have written
Result<BundleEntries> decode(ByteView bytes);

/// Rows by which submissions are found: a bundle's number, and the place of an entry in it.
struct EntryRow {
  static constexpr unsigned kSlotBits = 6;
  static constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;

  std::uint64_t bundle = 0;
  std::size_t slot = 0;

  static EntryRow of(std::uint64_t row) {
    return {row >> kSlotBits, static_cast<std::size_t>(row & (kSlots - 1))};
  }
  std::uint64_t number() const { return bundle << kSlotBits | slot; }
};

}  // namespace taut::store
