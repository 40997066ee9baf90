#include "datagram/cookie.hpp"

#include "crypto/aead.hpp"
#include "crypto/hash.hpp"

namespace taut::datagram {
namespace {

constexpr crypto::HashId kHash = crypto::HashId::sha256;
constexpr crypto::AeadId kCookieAead = crypto::AeadId::xchacha20poly1305;  // room for a random nonce

template <class Key>
Key labelled_key(std::string_view label, ByteView link_key) {
  const crypto::Digest digest = crypto::hash(kHash, {as_bytes(label), link_key});
  return Key(digest.view().first<Key::size_bytes>());
}

Mac truncated(const crypto::DerivedKey& tag) { return Mac(tag.expose().first<Mac::size_bytes>()); }

}  // namespace

CallKeys CallKeys::of(ByteView responder_link_key) {
  return {labelled_key<decltype(mac1)>("taut 1 mac1", responder_link_key),
          labelled_key<decltype(cookie)>("taut 1 cookie", responder_link_key)};
}

Mac mac1_of(const CallKeys& keys, ByteView before_macs) {
  return truncated(crypto::hmac(kHash, keys.mac1.expose(), {before_macs}));
}

Mac mac2_of(const Cookie& cookie, ByteView before_mac2) {
  return truncated(crypto::hmac(kHash, cookie.expose(), {before_mac2}));
}

Result<Cookie> open_cookie(const CallKeys& keys, const CookieReply& reply, const Mac& mac1) {
  TAUT_TRY(const crypto::Aead aead, crypto::Aead::create(kCookieAead, keys.cookie.expose()));
  Cookie cookie;
  TAUT_CHECK(aead.open(reply.nonce, mac1.view(), reply.sealed_cookie, cookie.fill()));
  return cookie;
}

void CookieJar::rotate(Instant now) {
  if (made_at_ && now - *made_at_ < kCookieSecretLife) return;
  // After a pause longer than two lives the previous one must not come back to honour.
  const bool is_recent = made_at_ && now - *made_at_ < 2 * kCookieSecretLife;
  previous_ = is_recent ? std::move(current_) : random_->make<JarSecret>();
  current_ = random_->make<JarSecret>();
  made_at_ = now;
}

Cookie CookieJar::cookie_for(const JarSecret& secret, const PeerAddress& from) {
  const crypto::DerivedKey tag = crypto::hmac(kHash, secret.expose(), {from.bytes()});
  return Cookie(tag.expose().first<Cookie::size_bytes>());
}

Bytes CookieJar::reply(const CallKeys& keys, const Initiation& initiation, const PeerAddress& from,
                       Instant now) {
  rotate(now);
  std::array<Byte, kCookieNonceBytes> nonce{};
  random_->fill(nonce);
  std::array<Byte, kSealedCookieBytes> sealed{};
  const auto aead = crypto::Aead::create(kCookieAead, keys.cookie.expose());
  aead->seal(nonce, initiation.mac1.view(), cookie_for(current_, from).expose(), sealed);
  return write_cookie_reply(initiation.sender_index, nonce, sealed);
}

bool CookieJar::recognises(const Initiation& initiation, const PeerAddress& from, Instant now) {
  rotate(now);
  Bytes covered = to_bytes(initiation.before_macs);
  append(covered, initiation.mac1.view());
  const auto made_with = [&](const JarSecret& secret) {
    const Mac expected = mac2_of(cookie_for(secret, from), covered);
    return equals_in_constant_time(expected.view(), initiation.mac2.view());
  };
  return made_with(current_) || made_with(previous_);
}

}  // namespace taut::datagram
