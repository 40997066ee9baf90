#pragma once
// Who may put how much into an inbox: its owner says so to the dispatcher, and gives tokens to his
// contacts, end to end.

#include "base/ids.hpp"
#include "frame/limits.hpp"
#include "frame/type.hpp"
#include "wire/extensions.hpp"

namespace taut::frame {

/// Makes the tokens of one inbox; its owner and the dispatcher have it. With it one can fill the inbox's
/// share for contacts, and nothing else.
using DeliveryKey = Secret<struct DeliveryKeyTag, 32>;
/// Random, one per contact: how a token is called off.
using DeliveryTokenId = Opaque<struct DeliveryTokenIdTag, 8>;

enum class Rank : std::uint8_t {
  own = 0,    ///< another device of the owner
  known = 1,  ///< a contact
};

/// struct {
///   Rank rank;
///   opaque id[8];
///   opaque mac[16];   first 16 bytes of HMAC-SHA-256(key, DeliveryTokenTBS)
/// } DeliveryToken;
/// struct { opaque label<V> = "taut 1 DeliveryToken"; opaque inbox[32]; Rank rank; opaque id[8]; }
///   DeliveryTokenTBS;
struct DeliveryToken {
  static constexpr std::size_t size_bytes = 25;

  Rank rank = Rank::known;
  DeliveryTokenId id;
  Opaque<struct DeliveryTokenMacTag, 16> mac;

  static DeliveryToken mint(const DeliveryKey& key, const NodeId& inbox, Rank rank,
                            const DeliveryTokenId& id);
  /// @errors malformed; unauthentic (bad_tag): not made with this key for this inbox
  static Result<DeliveryToken> open(ByteView bytes, const DeliveryKey& key, const NodeId& inbox);
  Bytes written() const;
};

/// struct {
///   uint32 request;
///   opaque key<V>;               32 bytes; empty: everybody may put, as if he showed a token
///   DeliveryTokenId revoked<V>;  tokens that are called off, ascending
///   Extension extensions<V>;
/// } SetAccess;                   node → dispatcher, for its own inbox; answered by an Answer
struct SetAccess {
  static constexpr Type type = Type::set_access;

  RequestId request = 0;
  ByteView key;
  std::vector<DeliveryTokenId> revoked;
  wire::Extensions extensions;

  static Result<SetAccess> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

}  // namespace taut::frame
