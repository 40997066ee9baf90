#include "node/sealing_keys.hpp"

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

/// Old keys whose last envelope has expired. One made without a clock ends with its successor.
std::vector<SealingKeyNumber> outlived(const std::vector<Held>& held, WallTime wall) {
  std::vector<SealingKeyNumber> numbers;
  for (std::size_t i = 0; i + 1 < held.size(); ++i) {
    const WallTime end = std::min(held[i].pair.not_after, held[i + 1].pair.not_after);
    if (wall > later(end, kEnvelopeLife)) numbers.push_back(held[i].number);
  }
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

Result<bool> sealing_keys_are_due(Transaction& transaction, std::optional<WallTime> wall) {
  if (!wall) return false;
  TAUT_TRY(const std::vector<Held> held, load(transaction));
  return is_rotation_due(held.back().pair, *wall) || !outlived(held, *wall).empty();
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
  for (const SealingKeyNumber number : outlived(held, *wall)) {
    TAUT_CHECK(transaction.erase_sealing_key(number));
    TAUT_CHECK(transaction.forget_up_to(number));
  }
  return rotation;
}

}  // namespace taut::node
