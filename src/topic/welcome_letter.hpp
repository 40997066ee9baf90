#pragma once
// What lets a joiner in: an MLS Welcome, and where in the history it stands
// (docs/protocol/topic.md, "Welcome").
//
//   struct {
//     uint16 signature_algorithm;
//     opaque signature_key<V>;             the welcomer's identity key
//     opaque log_id[16];
//     uint64 epoch;                        the joiner's first
//     uint64 position;                     of the commit in the log; without a log: 0
//     opaque commit_hash[32];
//     opaque welcome<V>;                   MLSMessage
//   } WelcomeLetterTBS;                    signed under the label "WelcomeLetter"
//
//   struct { opaque tbs<V>; opaque signature<V>; } WelcomeLetter;

#include "topic/entry.hpp"

namespace taut::topic {

struct WelcomeLetter {
  crypto::SignaturePublic signature_key;
  LogId log_id;
  std::uint64_t epoch = 0;
  std::uint64_t position = 0;
  EntryHash commit_hash;
  Bytes welcome;

  NodeId welcomer() const;
};

Result<Bytes> sign_letter(const WelcomeLetter& letter, const crypto::SignatureKeyPair& identity);
/// Parses and verifies.
/// @errors unauthentic (bad_welcome)
Result<WelcomeLetter> read_letter(ByteView bytes);

}  // namespace taut::topic
