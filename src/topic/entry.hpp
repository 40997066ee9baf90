#pragma once
// What a carrier sees of a topic (docs/protocol/topic.md, "Entries").
//
//   struct {
//     uint8 format = 1;
//     opaque nonce[24];                    random
//     opaque ciphertext[…];                XChaCha20-Poly1305 under the wrap key, of an EntryBody
//   } Entry;
//   struct { opaque label<V> = "taut 1 topic entry"; opaque log_id[16]; } EntryAAD;
//   struct { EntryKind kind; opaque body<V>; opaque padding[…]; } EntryBody;

#include "crypto/aead.hpp"
#include "mls/framing.hpp"
#include "topic/step.hpp"

namespace taut::topic {

struct EntryBody {
  EntryKind kind{};
  Bytes body;
};

/// Seals and opens the entries of one topic.
class Wrapper {
 public:
  Wrapper(ByteView wrap_key, const LogId& log_id);

  /// Padded to the size of a bucket (envelope/bucket.hpp), or to a multiple of 64 KiB above those.
  Bytes wrap(EntryKind kind, ByteView body, Random& random) const;
  /// @errors unauthentic (foreign_entry), whatever was wrong
  Result<EntryBody> unwrap(ByteView entry) const;

 private:
  crypto::Aead aead_;
  Bytes aad_;
};

/// The frame of a PrivateMessage (RFC 9420 §6.3), before any key is touched.
struct MessageFrame {
  std::uint64_t epoch = 0;
  mls::ContentType content{};
};
/// @errors malformed: anything else than a PrivateMessage of this group
Result<MessageFrame> read_frame(ByteView message, const TopicId& topic_id);

using EntryHash = Opaque<struct EntryHashTag, 32>;
/// SHA-256 of an entry's body: names a commit.
EntryHash hash_body(ByteView body);

}  // namespace taut::topic
