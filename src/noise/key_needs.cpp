#include "noise/key_needs.hpp"

namespace taut::noise {
namespace {

const PreMessagePattern& pre_message(const HandshakePattern& pattern, Role sender) {
  return sender == Role::initiator ? pattern.initiator_pre : pattern.responder_pre;
}

bool has(const PreMessagePattern& tokens, Token token) {
  return std::ranges::find(tokens, token) != tokens.end();
}

bool sends_static(const HandshakePattern& pattern, Role sender) {
  for (std::size_t i = sender == Role::initiator ? 0 : 1; i < pattern.messages.size(); i += 2)
    if (std::ranges::find(pattern.messages[i], Token::s) != pattern.messages[i].end()) return true;
  return false;
}

template <class Key>
bool fits(const std::optional<Key>& key, bool is_needed, crypto::DhId dh) {
  if (key.has_value() != is_needed) return false;
  if (!key) return true;
  if constexpr (requires { key->public_key; })
    return key->public_key.id() == dh;
  else
    return key->id() == dh;
}

}  // namespace

Status check_keys(const Protocol& protocol, Role role, const HandshakeKeys& keys) {
  const HandshakePattern& pattern = protocol.pattern;
  const PreMessagePattern& ours = pre_message(pattern, role);
  const PreMessagePattern& theirs = pre_message(pattern, other(role));
  const bool needs_static = has(ours, Token::s) || sends_static(pattern, role);
  const bool all_fit =
      fits(keys.s, needs_static, protocol.dh) && fits(keys.e, has(ours, Token::e), protocol.dh) &&
      fits(keys.rs, has(theirs, Token::s), protocol.dh) &&
      fits(keys.re, has(theirs, Token::e), protocol.dh) && keys.psks.size() == pattern.count(Token::psk);
  const auto& given = keys.ephemeral_for_vectors;
  const bool takes_ss = keys.s && keys.rs && pattern.contains(Token::ss);
  if (keys.ss && !(takes_ss && keys.ss->size() == crypto::dh_secret_size(protocol.dh)))
    return fail(Errc::misuse, reasons::kBadKey);
  if (!all_fit || (given && given->public_key.id() != protocol.dh))
    return fail(Errc::misuse, reasons::kBadKey);
  return {};
}

}  // namespace taut::noise
