#pragma once
// The secret tree of one epoch and its ratchets, RFC 9420 §9: lazy (a node is derived when a message
// needs it), sparse (what was consumed is gone) and bounded.

#include <map>

#include "mls/index.hpp"
#include "mls/labelled.hpp"
#include "mls/record.hpp"

namespace taut::mls {

/// Farthest that one message may move a ratchet.
inline constexpr std::uint32_t kForwardJumpMax = 1'000;
/// Keys of skipped generations that one epoch keeps; beyond it the sender with most gaps loses its oldest.
inline constexpr std::size_t kKeptKeysMax = 2'000;

/// Generations are 32 bits wide (§6.3.2).
inline constexpr std::uint64_t kGenerationCount = std::uint64_t{1} << 32;

enum class RatchetType : std::uint8_t { handshake = 0, application = 1 };

/// Key and nonce of one generation (§9.1). Serves once.
struct MessageKey {
  BoundedSecret<32> key;
  BoundedSecret<12> nonce;

  /// Zeros of the suite's sizes, to be filled.
  static MessageKey of_suite(const Suite& suite);
};

/// Which generation of which ratchet.
struct KeyPosition {
  LeafIndex leaf;
  RatchetType type = RatchetType::application;
  std::uint32_t generation = 0;
  friend auto operator<=>(const KeyPosition&, const KeyPosition&) = default;
};

class SecretTree {
 public:
  /// @param leaf_count  leaves of the epoch's ratchet tree, a power of two
  SecretTree(const Suite& suite, std::uint64_t epoch, KdfSecret encryption_secret, std::uint32_t leaf_count);

  /// What deriving one key changes: nothing, until it is handed to `consume`.
  class Staged {
   public:
    KeyPosition position;
    MessageKey key;

   private:
    friend class SecretTree;
    struct Advance {
      std::map<NodeIndex, KdfSecret> nodes;    ///< secrets beside the path to the leaf
      std::optional<KdfSecret> other_ratchet;  ///< the leaf's other ratchet, where both begin now
      KdfSecret next;                          ///< secret of generation `position.generation + 1`
      std::vector<MessageKey> skipped;         ///< keys of the generations just below the position
    };
    Staged(KeyPosition at, MessageKey staged_key, std::optional<Advance> advance)
        : position(at), key(std::move(staged_key)), advance_(std::move(advance)) {}
    std::optional<Advance> advance_;  ///< none: the key was a kept one
  };

  /// Key for the message at `position`.
  /// @errors replayed: the generation was consumed, or its key dropped; exhausted (jump_too_far): more
  ///         than kForwardJumpMax ahead; violation (unknown_sender): no such leaf
  Result<Staged> stage(KeyPosition position) const;
  /// Key for the next message that `leaf` sends.
  /// @errors exhausted (key_exhausted): 2^32 messages in this epoch
  Result<Staged> stage_next(LeafIndex leaf, RatchetType type) const;
  /// The message is authentic (tag and signature hold) or is about to leave: its key is gone for good.
  /// @pre nothing was consumed since it was staged
  void consume(Staged staged, Journal& journal);
  /// The same for a message that was opened a while ago: whatever was consumed since stays so.
  void consume_at(KeyPosition position, Journal& journal);

  std::uint64_t epoch() const { return epoch_; }
  std::uint32_t leaf_count() const { return leaf_count_; }
  std::size_t kept_keys() const { return kept_.size(); }

  /// Saved form: every record of the tree, the value of one, and the way back.
  std::vector<RecordKey> record_keys() const;
  /// Empty: there is no such record (any more).
  SecretBytes record(const RecordKey& key) const;
  /// A tree without secrets, to be filled by `restore`.
  static SecretTree empty(const Suite& suite, std::uint64_t epoch, std::uint32_t leaf_count);
  /// @errors malformed: a record that no tree of this size writes
  Status restore(const RecordKey& key, ByteView value);

 private:
  struct Ratchet {
    KdfSecret secret;
    std::uint64_t generation = 0;  ///< the next one; 2^32 when all were used
  };
  using RatchetId = std::pair<LeafIndex, RatchetType>;

  SecretTree(const Suite& suite, std::uint64_t epoch, std::uint32_t leaf_count);
  Result<KdfSecret> descend(LeafIndex leaf, std::map<NodeIndex, KdfSecret>& beside) const;
  MessageKey message_key(const KdfSecret& ratchet_secret, std::uint32_t generation) const;
  void begin_leaf(const KeyPosition& position, Staged::Advance& advance, Journal& journal);
  void forget_oldest(Journal& journal);
  RecordKey node_record(NodeIndex node) const;
  RecordKey ratchet_record(const RatchetId& id) const;
  RecordKey kept_record(const KeyPosition& position) const;

  const Suite* suite_;
  std::uint64_t epoch_;
  std::uint32_t leaf_count_;
  std::map<NodeIndex, KdfSecret> nodes_;  ///< secrets not consumed yet, by node index
  std::map<RatchetId, Ratchet> ratchets_;
  std::map<KeyPosition, MessageKey> kept_;
};

}  // namespace taut::mls
