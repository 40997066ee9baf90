#pragma once
// What a member says about the history that it has seen (docs/protocol/topic.md, "Checkpoints"). Without a
// log, a committer's checkpoint is what puts a commit into order.
//
//   struct {
//     opaque topic_id[32];
//     opaque node_id[32];
//     uint64 epoch;                        this epoch
//     uint64 position;                     began at this log position; without a log: 0
//     opaque commit_hash[32];              with this commit; zeros: with the topic, or not known
//     opaque epoch_authenticator<V>;
//     uint64 seen;                         and is the signer's, who has read the log this far
//   } CheckpointTBS;                       signed under the label "Checkpoint" by the node's identity key
//
//   struct { opaque tbs<V>; opaque signature<V>; } Checkpoint;
//
//   struct {
//     uint64 key_epoch;
//     opaque nonce[24];
//     opaque ciphertext<V>;                XChaCha20-Poly1305 under the checkpoint key of key_epoch
//   } SealedCheckpoint;

#include "topic/entry.hpp"

namespace taut::topic {

/// MLS-Exporter("taut 1 topic checkpoint", "", 32) of an epoch.
using CheckpointKey = Secret<struct CheckpointKeyTag, 32>;

struct Checkpoint {
  NodeId node_id;
  std::uint64_t epoch = 0;
  std::uint64_t position = 0;
  EntryHash commit_hash;
  Bytes authenticator;
  std::uint64_t seen = 0;

  /// They speak of the same beginning of the same epoch.
  bool agrees_with(const Checkpoint& other) const {
    return epoch == other.epoch && commit_hash == other.commit_hash && authenticator == other.authenticator;
  }
};

/// A CheckpointTBS.
Bytes encode(const Checkpoint& checkpoint, const TopicId& topic_id);
/// @errors malformed; unauthentic (bad_checkpoint): of another topic
Result<Checkpoint> decode_checkpoint(ByteView tbs, const TopicId& topic_id);

struct CheckpointSealing {
  const TopicId& topic_id;
  std::uint64_t key_epoch = 0;
  const CheckpointKey& key;
};
Result<Bytes> seal_checkpoint(const Checkpoint& checkpoint, const CheckpointSealing& sealing,
                              const crypto::SignatureKeyPair& identity, Random& random);

/// @errors malformed
Result<std::uint64_t> key_epoch_of(ByteView sealed);

/// Opened, not verified: the signer's key is looked up by its node ID.
struct OpenedCheckpoint {
  Checkpoint checkpoint;
  Bytes tbs, signature;
  /// @errors unauthentic (bad_checkpoint)
  Status verify(const crypto::SignaturePublic& key) const;
};
/// @errors unauthentic (bad_checkpoint)
Result<OpenedCheckpoint> open_checkpoint(ByteView sealed, const CheckpointSealing& sealing);

}  // namespace taut::topic
