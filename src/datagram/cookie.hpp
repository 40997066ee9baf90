#pragma once
// Macs and cookies of initiations (after WireGuard §5.3, §5.4): proof that the sender knows whom he
// calls, and, under load, that he receives at the address he sends from, before any Diffie-Hellman.

#include "base/random.hpp"
#include "base/time.hpp"
#include "datagram/address.hpp"
#include "datagram/packet.hpp"

namespace taut::datagram {

using Cookie = Secret<struct CookieTag, 16>;

/// Keys that follow from the responder's link key alone, so that both ends know them.
struct CallKeys {
  Secret<struct Mac1KeyTag, 32> mac1;
  Secret<struct CookieKeyTag, 32> cookie;
  static CallKeys of(ByteView responder_link_key);
};

Mac mac1_of(const CallKeys& keys, ByteView before_macs);
/// @param before_mac2  the body and mac1
Mac mac2_of(const Cookie& cookie, ByteView before_mac2);

/// The initiator's side: the cookie in a reply to an initiation whose mac1 was `mac1`.
/// @errors unauthentic (bad_tag)
Result<Cookie> open_cookie(const CallKeys& keys, const CookieReply& reply, const Mac& mac1);

/// The responder's side: cookies that it can recognise without having kept them.
class CookieJar {
 public:
  explicit CookieJar(Random& random) : random_(&random) {}

  /// A cookie reply for this initiation; never longer than what it answers.
  Bytes reply(const CallKeys& keys, const Initiation& initiation, const PeerAddress& from, Instant now);
  /// Whether the initiation's mac2 was made with a cookie that its address was given lately.
  bool recognises(const Initiation& initiation, const PeerAddress& from, Instant now);

 private:
  using JarSecret = Secret<struct JarSecretTag, 32>;
  void rotate(Instant now);
  static Cookie cookie_for(const JarSecret& secret, const PeerAddress& from);

  Random* random_;
  std::optional<Instant> made_at_;
  JarSecret current_;
  JarSecret previous_;
};

/// A secret makes cookies for this long, and recognises them for as long again.
inline constexpr Duration kCookieSecretLife = std::chrono::seconds(60);

}  // namespace taut::datagram
