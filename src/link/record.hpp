#pragma once
// Records: what goes over a link once its handshake is complete. Each is one Noise transport message
// behind its 2-byte size; its plaintext is
//
//   struct {
//     RecordKind kind;                        uint8
//     select (kind) {
//       case frames, frames_then_rekey:
//         struct { opaque frame<V>; } frames[...];   to the record's end; each 1..61,440 bytes
//       case end:
//         uint8 code;
//     };
//   } Record;

#include <optional>

#include "base/time.hpp"
#include "link/limits.hpp"
#include "noise/cipher_state.hpp"

namespace taut::link {

enum class RecordKind : std::uint8_t {
  frames = 0,
  frames_then_rekey = 1,  ///< the sender's next record is under the next key
  end = 2,                ///< its last record
};

enum class EndCode : std::uint8_t {
  done = 0,
  identity_refused = 1,  ///< the handshake's last message did not show who was meant
};

/// Bytes that a record adds to its content (kind and frames).
inline constexpr std::size_t kRecordOverheadBytes = 2 + noise::kTagBytes;

class RecordSealer {
 public:
  RecordSealer(noise::CipherState cipher, const Limits& limits)
      : cipher_(std::move(cipher)), limits_(limits) {}

  /// Chooses the kind, and rekeys when that is due.
  /// @param content  a free byte, then frames
  /// @param out      content.size() + kRecordOverheadBytes bytes at least
  /// @return         bytes written
  Result<std::size_t> seal_frames(MutableByteView content, MutableByteView out, Instant now);
  Result<std::size_t> seal_end(EndCode code, MutableByteView out);

  /// When the key's age wants a record that rekeys; none: nothing was sealed under it yet.
  std::optional<Instant> rekey_at() const;

  void drop_context() { cipher_.drop_context(); }

 private:
  Result<std::size_t> seal(ByteView content, MutableByteView out);
  bool is_rekey_due(Instant now) const;

  noise::CipherState cipher_;
  Limits limits_;
  std::uint64_t records_under_key_ = 0;
  std::optional<Instant> key_used_since_;
};

struct OpenedRecord {
  ByteView frames;             ///< well-formed: each reads as `opaque frame<V>`
  std::optional<EndCode> end;  ///< an unknown code reads as done
};

class RecordOpener {
 public:
  explicit RecordOpener(noise::CipherState cipher) : cipher_(std::move(cipher)) {}

  /// Opens in place.
  /// @errors unauthentic (bad_tag); malformed; violation (rekey_missed): the peer went past the limit
  Result<OpenedRecord> open(MutableByteView message);

  void drop_context() { cipher_.drop_context(); }

 private:
  noise::CipherState cipher_;
  std::uint64_t records_under_key_ = 0;
};

}  // namespace taut::link
