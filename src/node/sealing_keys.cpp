#include "node/sealing_keys.hpp"

#include "node/records.hpp"

namespace taut::node {

namespace {

using identity::SealingKeyPair;

struct Held {
  SealingKeyNumber number;
  SealingKeyPair pair;
};

Result<std::vector<Held>> load(Transaction& transaction) {
  TAUT_TRY(const std::vector<SealingKeyRow> rows, transaction.sealing_keys());
  std::vector<Held> held;
  for (const SealingKeyRow& row : rows) {
    Result<SealingKeyPair> pair = SealingKeyPair::parse(row.key.expose());
    if (!pair) return fail(Errc::malformed, reasons::kDamagedState);
    held.push_back({row.number, *std::move(pair)});
  }
  if (held.empty()) return fail(Errc::malformed, reasons::kDamagedState);
  return held;
}

WallTime later(WallTime at, std::chrono::milliseconds by) {
  return at > WallTime{identity::kEndOfTime.unix_ms - static_cast<std::uint64_t>(by.count())}
             ? identity::kEndOfTime
             : at + by;
}

bool is_rotation_due(const SealingKeyPair& current, WallTime wall) {
  // A key that was made without a clock has no end: it is replaced as soon as there is one.
  return current.not_after == identity::kEndOfTime ||
         later(wall, kSealingKeyLife - kSealingKeyRotation) >= current.not_after;
}

Result<std::vector<PublishedKey>> load_published(Transaction& transaction) {
  TAUT_TRY(const std::optional<SecretBytes> value, transaction.value(ValueKey::published_keys));
  if (!value) return std::vector<PublishedKey>{};
  return parse_published_keys(value->expose());
}

/// When the last envelope to an old key has expired: after the key's own end (one made without a clock ends
/// with its successor), or once every sender was shown a newer key.
WallTime last_needed(const Held& key, const Held& successor, const std::vector<PublishedKey>& published) {
  WallTime end = later(std::min(key.pair.not_after, successor.pair.not_after), kEnvelopeLife);
  for (const PublishedKey& one : published)
    if (one.number > key.number) end = std::min(end, later(one.since, kSealingGrace + kEnvelopeLife));
  return end;
}

Result<std::vector<SealingKeyNumber>> outlived(Transaction& transaction, const std::vector<Held>& held,
                                               WallTime wall) {
  TAUT_TRY(const std::vector<PublishedKey> published, load_published(transaction));
  std::vector<SealingKeyNumber> numbers;
  for (std::size_t i = 0; i + 1 < held.size(); ++i)
    if (wall > last_needed(held[i], held[i + 1], published)) numbers.push_back(held[i].number);
  return numbers;
}

}  // namespace

Result<SealingKeys> load_sealing_keys(Transaction& transaction) {
  TAUT_TRY(std::vector<Held> held, load(transaction));
  SealingKeys keys;
  keys.newest = held.back().number;
  for (Held& one : held) keys.pairs.push_back(std::move(one.pair));
  return keys;
}

Status add_sealing_key(Transaction& transaction, crypto::SuiteId suite, std::optional<WallTime> wall,
                       Random& random) {
  const WallTime not_after = wall ? later(*wall, kSealingKeyLife) : identity::kEndOfTime;
  TAUT_TRY(const SealingKeyPair pair, SealingKeyPair::create(suite, not_after, random));
  TAUT_CHECK(transaction.add_sealing_key(pair.serialise().expose()));
  return {};
}

Status note_published(Transaction& transaction, std::optional<WallTime> wall) {
  if (!wall) return {};
  TAUT_TRY(const std::vector<SealingKeyRow> rows, transaction.sealing_keys());
  TAUT_TRY(std::vector<PublishedKey> published, load_published(transaction));
  if (rows.empty() || (!published.empty() && published.back().number == rows.back().number)) return {};
  // What is older than every key that is left has done its work.
  std::erase_if(published, [&](const PublishedKey& one) { return one.number <= rows.front().number; });
  published.push_back({rows.back().number, *wall});
  return transaction.set_value(ValueKey::published_keys, encode(published));
}

Result<bool> sealing_keys_are_due(Transaction& transaction, std::optional<WallTime> wall) {
  if (!wall) return false;
  TAUT_TRY(const std::vector<Held> held, load(transaction));
  TAUT_TRY(const std::vector<SealingKeyNumber> old_ones, outlived(transaction, held, *wall));
  return is_rotation_due(held.back().pair, *wall) || !old_ones.empty();
}

Result<Rotation> keep_sealing_keys(Transaction& transaction, std::optional<WallTime> wall, Random& random) {
  if (!wall) return Rotation::none;
  TAUT_TRY(std::vector<Held> held, load(transaction));
  Rotation rotation = Rotation::none;
  if (is_rotation_due(held.back().pair, *wall)) {
    TAUT_CHECK(add_sealing_key(transaction, held.back().pair.suite, wall, random));
    TAUT_TRY(held, load(transaction));
    rotation = Rotation::rotated;
  }
  TAUT_TRY(const std::vector<SealingKeyNumber> old_ones, outlived(transaction, held, *wall));
  for (const SealingKeyNumber number : old_ones) {
    TAUT_CHECK(transaction.erase_sealing_key(number));
    TAUT_CHECK(transaction.forget_up_to(number));
  }
  return rotation;
}

}  // namespace taut::node
