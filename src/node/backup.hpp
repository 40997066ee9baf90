#pragma once
// What survives the loss of a device: identity and contacts, sealed by a passphrase. Never sealing keys,
// streams or messages: a restored node begins new ones (docs/protocol/node.md, "Backup").

#include "base/random.hpp"
#include "crypto/passphrase.hpp"
#include "node/self.hpp"
#include "node/store.hpp"

namespace taut::node {

inline constexpr std::size_t kBackupBytesMax = std::size_t{64} << 20;
inline constexpr std::size_t kPassphraseBytesMin = 8;
inline constexpr std::size_t kPassphraseBytesMax = 1024;

/// @errors misuse (weak_passphrase): its size; exhausted (too_large, quota); those of the store
Result<Bytes> back_up(Store& store, ByteView passphrase, Random& random,
                      const crypto::PassphraseCost& cost = {});

/// Makes the node anew in a state file that has none: new stream, new sealing key, a card above the last.
/// @errors malformed (no_backup): another file, or cut; incompatible: of a later version;
///         unauthentic (bad_tag): wrong passphrase, or altered; misuse (identity_exists, weak_passphrase)
Status restore(Store& store, ByteView backup, ByteView passphrase, Place place, const Moment& at,
               Random& random);

}  // namespace taut::node
