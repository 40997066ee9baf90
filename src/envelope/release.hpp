#pragma once
// A recipient's word that messages are in its store (docs/protocol/envelope.md, "Releases"): the content of
// an envelope back to their sender, and good by itself, whatever brought it.
//
//   struct {
//     opaque releaser_id[32];              whose store they are in
//     opaque sender_id[32];                who sent them
//     MessageId released<V>;               1..kReleasedMax of 16 bytes
//   } ReleaseTBS;                          signed under the label "Release"
//
//   struct {
//     MessageId released<V>;
//     opaque signature<V>;
//   } Release;

#include <span>

#include "envelope/letter.hpp"

namespace taut::envelope {

/// Messages that one signature covers.
inline constexpr std::size_t kReleasedMax = 256;

/// @param released  1..kReleasedMax
/// @errors misuse: none, or too many
Result<Content> sign_release(const NodeId& sender, std::span<const MessageId> released,
                             const crypto::SignatureKeyPair& releaser);

/// @param sender    ourselves: what we sent is what it may speak of
/// @param releaser  the signature key inside the letter that brought it
/// @errors malformed; unauthentic (bad_signature)
Result<std::vector<MessageId>> open_release(ByteView body, const NodeId& sender,
                                            const crypto::SignaturePublic& releaser);

}  // namespace taut::envelope
