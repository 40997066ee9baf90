#pragma once

#include <map>

#include "mls/labelled.hpp"
#include "mls/record.hpp"

namespace taut::mls {

/// The resumption_psk of past epochs (RFC 9420 §8.6): the newest few.
class ResumptionPsks {
 public:
  void add(std::uint64_t epoch, KdfSecret psk, std::uint32_t count_max, Journal& journal);
  /// nullptr: not remembered.
  const KdfSecret* find(std::uint64_t epoch) const;

  std::vector<RecordKey> record_keys() const;
  /// Empty: there is no such record (any more).
  SecretBytes record(const RecordKey& key) const;
  /// @errors malformed
  Status restore(const RecordKey& key, ByteView value);

 private:
  std::map<std::uint64_t, KdfSecret> by_epoch_;
};

}  // namespace taut::mls
