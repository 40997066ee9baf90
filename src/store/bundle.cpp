#include "store/bundle.hpp"

#include "store/failure.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::store {

namespace {

constexpr std::size_t kEntryBytes = 8 + 16 + 16 + 3 * 8 + 4 + 1 + 1;

Result<BundleEntry> read_entry(wire::Reader& in) {
  BundleEntry entry;
  TAUT_TRY(entry.number, in.u64());
  TAUT_TRY(entry.submission, in.value<SubmissionId>());
  TAUT_TRY(entry.hash, in.value<dispatcher::BodyHash>());
  TAUT_TRY(entry.received.unix_ms, in.u64());
  TAUT_TRY(entry.expires.unix_ms, in.u64());
  TAUT_TRY(entry.forget.unix_ms, in.u64());
  TAUT_TRY(entry.size, in.u32());
  TAUT_TRY(const std::uint8_t share, in.u8());
  TAUT_TRY(const std::uint8_t state, in.u8());
  if (share >= dispatcher::kShareCount || state > static_cast<std::uint8_t>(EntryState::forgotten))
    return malformed();
  entry.share = static_cast<dispatcher::Share>(share);
  entry.state = static_cast<EntryState>(state);
  return entry;
}

}  // namespace

Bytes encode(const BundleEntries& entries) {
  Bytes bytes;
  bytes.reserve(entries.size() * kEntryBytes);
  wire::Writer out(bytes);
  for (const BundleEntry& entry : entries) {
    out.u64(entry.number).raw(entry.submission.view()).raw(entry.hash.view());
    out.u64(entry.received.unix_ms).u64(entry.expires.unix_ms).u64(entry.forget.unix_ms).u32(entry.size);
    out.u8(static_cast<std::uint8_t>(entry.share)).u8(static_cast<std::uint8_t>(entry.state));
  }
  return bytes;
}

Result<BundleEntries> decode(ByteView bytes) {
  BundleEntries entries;
  entries.reserve(bytes.size() / kEntryBytes);
  for (wire::Reader in(bytes); !in.empty();) {
    auto entry = read_entry(in);
    if (!entry || entries.size() == EntryRow::kSlots) return fail(Errc::unavailable, reasons::kDamaged);
    entries.push_back(*entry);
  }
  return entries;
}

}  // namespace taut::store
