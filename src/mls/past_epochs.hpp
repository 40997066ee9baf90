#pragma once
// Epochs that are over, kept for messages that come late (RFC 9420 §15.3): a few, and not for long.

#include <deque>

#include "mls/epoch.hpp"
#include "mls/hooks.hpp"
#include "mls/ratchet_tree.hpp"
#include "mls/settings.hpp"

namespace taut::mls {

/// Who sat at a leaf, as far as late messages need it.
struct PastLeaf {
  SignaturePublicKey signature_key;
  Credential credential;
};

struct PastEpoch {
  std::uint64_t epoch = 0;
  Bytes group_context;  ///< encoded
  KdfSecret sender_data_secret;
  SecretTree secret_tree;
  /// The leaves that the commit after this epoch changed, as they were; nullopt: blank. The tree itself
  /// is not kept: what later commits changed stands with the epochs between.
  std::map<LeafIndex, std::optional<PastLeaf>> displaced;
  std::optional<WallTime> ended;
  Instant deadline;
};

class PastEpochs {
 public:
  /// @param changes  what ends the epoch does to `tree`, which still is as it was
  void add(Epoch&& epoch, const RatchetTree& tree, const TreeChanges* changes, const Settings& settings,
           const Time& now, Journal& journal);
  /// Drops what has passed its deadline.
  void expire(Instant now, Journal& journal);
  std::optional<Instant> next_deadline() const;

  /// nullptr: not kept.
  PastEpoch* find(std::uint64_t epoch);
  /// Who sat at a leaf then, or nullopt for nobody. @pre find(epoch) != nullptr
  std::optional<PastLeaf> leaf(std::uint64_t epoch, LeafIndex leaf, const RatchetTree& current) const;

  std::vector<RecordKey> record_keys() const;
  /// Empty: there is no such record (any more).
  SecretBytes record(const RecordKey& key) const;
  /// Epochs first, then what belongs to them. An epoch whose age is over the limit, or unknown, does not
  /// come back, and neither do its other records.
  /// @errors malformed
  Status restore(const Suite& suite, const RecordKey& key, ByteView value, const Settings& settings,
                 const Time& now);

 private:
  void drop_first(Journal& journal);

  std::deque<PastEpoch> epochs_;  // the oldest first
};

}  // namespace taut::mls
