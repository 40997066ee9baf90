#pragma once
// Who may do what with a topic's log: whoever proves, on this link, that he holds one of its access keys
// (docs/protocol/topic-log.md). The dispatcher keeps public keys, and never learns who holds them.

#include "base/ids.hpp"
#include "crypto/signature.hpp"
#include "frame/limits.hpp"
#include "frame/type.hpp"
#include "wire/extensions.hpp"

namespace taut::frame {

/// An Ed25519 public key: its private half is exported from one epoch of the topic.
using AccessKey = Opaque<struct AccessKeyTag, 32>;
/// Ed25519, over LogAccessTBS.
using AccessProof = Opaque<struct AccessProofTag, 64>;

/// struct { SessionId session; LogId log; AccessKey key; } LogAccessTBS;   label "taut 1 topic access"
/// Names the link, so that a proof is good on no other.
Bytes log_access_tbs(const SessionId& session, const LogId& log, const AccessKey& key);
inline constexpr std::string_view kLogAccessLabel = "topic access";

/// Exported from an epoch: the Ed25519 seed of its access key.
using AccessSeed = Secret<struct AccessSeedTag, 32>;
/// @errors misuse: never, for a seed of 32 bytes
Result<crypto::SignatureKeyPair> access_key_pair(const AccessSeed& seed);
/// @pre an Ed25519 key pair
AccessKey access_key_of(const crypto::SignatureKeyPair& pair);
/// @errors misuse: not an Ed25519 key pair
Result<AccessProof> prove_log_access(const crypto::SignatureKeyPair& pair, const SessionId& session,
                                     const LogId& log);
/// @errors unauthentic (bad_signature)
Status verify_log_access(const AccessProof& proof, const SessionId& session, const LogId& log,
                         const AccessKey& key);

/// struct {
///   uint32 request;
///   LogId log;                random
///   AccessKey key;            the first
///   AccessProof proof;
///   uint32 retention_s;       how long entries stay; 0: the dispatcher's default; more than it gives: cut
///   uint64 retention_bytes;   how many of them; likewise
///   Extension extensions<V>;
/// } OpenLog;                  node → dispatcher; answered by an Answer: done, refused, full, unavailable
/// Makes a log, and proves its first key. Asked again with the same key it is `done`.
struct OpenLog {
  static constexpr Type type = Type::open_log;

  RequestId request = 0;
  LogId log;
  AccessKey key;
  AccessProof proof;
  std::uint32_t retention_s = 0;
  std::uint64_t retention_bytes = 0;
  wire::Extensions extensions;

  static Result<OpenLog> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; LogId log; AccessKey key; AccessProof proof; Extension extensions<V>; }
///   ProveAccess;
/// node → dispatcher; answered by an Answer: done, or `refused`, whatever is wrong (also: no such log).
/// From here on, the link may use this key.
struct ProveAccess {
  static constexpr Type type = Type::prove_access;

  RequestId request = 0;
  LogId log;
  AccessKey key;
  AccessProof proof;
  wire::Extensions extensions;

  static Result<ProveAccess> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; LogId log; AccessKey key; AccessKey successor; Extension extensions<V>; }
///   NameSuccessor;
/// node → dispatcher, under a key that was proven on this link; answered by an Answer. What an Append
/// with a successor does, without an entry.
struct NameSuccessor {
  static constexpr Type type = Type::name_successor;

  RequestId request = 0;
  LogId log;
  AccessKey key;
  AccessKey successor;
  wire::Extensions extensions;

  static Result<NameSuccessor> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct {
///   uint32 request; LogId log; AccessKey key;
///   uint32 retention_s; uint64 retention_bytes;   as in OpenLog
///   Extension extensions<V>;
/// } SetRetention;             node → dispatcher, under a current key; answered by an Answer
struct SetRetention {
  static constexpr Type type = Type::set_retention;

  RequestId request = 0;
  LogId log;
  AccessKey key;
  std::uint32_t retention_s = 0;
  std::uint64_t retention_bytes = 0;
  wire::Extensions extensions;

  static Result<SetRetention> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

}  // namespace taut::frame
