#include "mls/resumption_psks.hpp"

namespace taut::mls {

namespace {

RecordKey record_key(std::uint64_t epoch) { return {.kind = RecordKind::resumption_psk, .epoch = epoch}; }

}  // namespace

void ResumptionPsks::add(std::uint64_t epoch, KdfSecret psk, std::uint32_t count_max, Journal& journal) {
  by_epoch_.insert_or_assign(epoch, std::move(psk));
  journal.touch(record_key(epoch));
  while (by_epoch_.size() > count_max) {
    journal.touch(record_key(by_epoch_.begin()->first));
    by_epoch_.erase(by_epoch_.begin());
  }
}

const KdfSecret* ResumptionPsks::find(std::uint64_t epoch) const {
  const auto found = by_epoch_.find(epoch);
  return found == by_epoch_.end() ? nullptr : &found->second;
}

std::vector<RecordKey> ResumptionPsks::record_keys() const {
  std::vector<RecordKey> keys;
  for (const auto& [epoch, psk] : by_epoch_) keys.push_back(record_key(epoch));
  return keys;
}

SecretBytes ResumptionPsks::record(const RecordKey& key) const {
  const KdfSecret* psk = find(key.epoch);
  return psk == nullptr ? SecretBytes() : SecretBytes(psk->expose());
}

Status ResumptionPsks::restore(const RecordKey& key, ByteView value) {
  if (value.size() > crypto::kHashBytesMax) return malformed();
  by_epoch_.insert_or_assign(key.epoch, KdfSecret(value));
  return {};
}

}  // namespace taut::mls
