#pragma once

#include "mls/content_auth.hpp"
#include "mls/secret_tree.hpp"
#include "mls/tree_math.hpp"

namespace taut::mls {

/// One epoch at one member: what the group agrees on (RFC 9420 §8.1), and the secrets that follow from it.
struct Epoch {
  GroupContext context;
  Bytes encoded_context;  ///< signed and expanded again and again
  Digest interim_transcript_hash;
  Mac confirmation_tag;
  EpochSecrets secrets;  ///< without encryption_secret, which the secret tree has
  SecretTree secret_tree;

  /// Everything behind the epoch_secret.
  /// @param size  of the epoch's ratchet tree
  static Epoch begin(const Suite& suite, GroupContext context, const KdfSecret& epoch_secret, TreeSize size);

  void write(wire::Writer& out) const;
  static constexpr std::size_t secrets_bytes_max = 8 * (crypto::kHashBytesMax + 2);
  /// With an empty secret tree: its records come apart.
  static Result<Epoch> read(const Suite& suite, wire::Reader& in, TreeSize size);
};

/// The secrets that a commit contributes (§8).
struct CommitSecrets {
  KdfSecret init_secret;
  KdfSecret commit_secret;
  KdfSecret psk_secret;
};

struct NextEpoch {
  Epoch epoch;
  KdfSecret joiner_secret;
  KdfSecret welcome_secret;
};

/// From a signed commit to the epoch that it begins (§12.4.1, §12.4.2). The confirmation_tag in it is
/// what the commit has to carry.
/// @param interim_transcript_hash  of the epoch that ends
/// @param provisional              the new epoch's context, with the old confirmed_transcript_hash
NextEpoch advance_epoch(const Suite& suite, const Digest& interim_transcript_hash, GroupContext provisional,
                        const AuthenticatedContent& commit, const CommitSecrets& secrets, TreeSize size);

}  // namespace taut::mls
