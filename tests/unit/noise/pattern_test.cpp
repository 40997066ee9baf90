#include "noise/pattern.hpp"

#include <doctest/doctest.h>

#include <ostream>
#include <set>
#include <string>

#include "noise/protocol.hpp"

using namespace taut;
using namespace taut::noise;

namespace {

/// The derivation rules of Noise rev 34 §18.3, applied to a pattern's name. An independent way to the
/// same 38 patterns.
class Derivation {
 public:
  explicit Derivation(std::string_view name) : is_one_way_(name.size() == 1) {
    initiator_ = name[0];
    std::size_t i = 1;
    if (i < name.size() && name[i] == '1') initiator_deferred_ = true, ++i;
    responder_ = i < name.size() ? name[i++] : 'K';  // a one-way pattern's recipient is known
    responder_deferred_ = i < name.size() && name[i] == '1';
  }

  HandshakePattern derive() {
    if (initiator_ == 'K') pattern_.initiator_pre.push_back(Token::s), sent_.insert("s>");
    if (responder_ == 'K') pattern_.responder_pre.push_back(Token::s), sent_.insert("s<");
    for (bool from_initiator = true;; from_initiator = !from_initiator) {
      const MessagePattern message = from_initiator ? initiators() : responders();
      if (message.empty()) break;
      pattern_.messages.push_back(message);
      if (is_one_way_) break;
    }
    return pattern_;
  }

 private:
  bool sent(const char* key) const { return sent_.contains(key); }
  bool once(const char* rule) { return used_.insert(rule).second; }
  bool unused(const char* rule) const { return !used_.contains(rule); }

  /// A deferred rule is skipped for the whole first message in which it applies.
  bool skips(bool& deferred, bool& skipped_now) {
    if (!deferred && !skipped_now) return false;
    deferred = false;
    return skipped_now = true;
  }

  MessagePattern initiators() {
    MessagePattern out;
    bool skip_se = false, skip_es = false;
    const bool is_first = pattern_.messages.empty();
    const bool was_deferred = initiator_deferred_;
    for (;;) {
      if (!sent("e>"))
        out.push_back(Token::e), sent_.insert("e>");
      else if (sent("e<") && unused("ee"))
        once("ee"), out.push_back(Token::ee);
      else if (sent("s>") && sent("e<") && unused("se") && !skips(initiator_deferred_, skip_se))
        once("se"), out.push_back(Token::se);
      else if (sent("e>") && sent("s<") && unused("es") && !skips(responder_deferred_, skip_es))
        once("es"), out.push_back(Token::es);
      else if (sent("s>") && sent("s<") && !unused("es") && is_first && !was_deferred && unused("ss"))
        once("ss"), out.push_back(Token::ss);
      else if (is_first && (initiator_ == 'I' || (is_one_way_ && initiator_ == 'X')) && !sent("s>"))
        out.push_back(Token::s), sent_.insert("s>");
      else if (!is_first && initiator_ == 'X' && !sent("s>"))
        out.push_back(Token::s), sent_.insert("s>");
      else
        return out;
    }
  }

  MessagePattern responders() {
    MessagePattern out;
    bool skip_se = false, skip_es = false;
    for (;;) {
      if (!sent("e<"))
        out.push_back(Token::e), sent_.insert("e<");
      else if (unused("ee"))
        once("ee"), out.push_back(Token::ee);
      else if (sent("s>") && unused("se") && !skips(initiator_deferred_, skip_se))
        once("se"), out.push_back(Token::se);
      else if (sent("s<") && unused("es") && !skips(responder_deferred_, skip_es))
        once("es"), out.push_back(Token::es);
      else if (responder_ == 'X' && !sent("s<"))
        out.push_back(Token::s), sent_.insert("s<");
      else
        return out;
    }
  }

  bool is_one_way_;
  char initiator_, responder_;
  bool initiator_deferred_ = false, responder_deferred_ = false;
  std::set<std::string> sent_, used_;
  HandshakePattern pattern_;
};

/// The validity rules of §7.3 and §9.3, walked token by token. Empty: valid.
std::string broken_rule(const HandshakePattern& pattern) {
  std::array<std::set<Token>, 2> has;  // public keys that each party has sent
  std::set<Token> dhs;
  std::array<bool, 2> saw_psk{}, sent_e{};
  for (const Token t : pattern.initiator_pre) has[0].insert(t), sent_e[0] |= t == Token::e;
  for (const Token t : pattern.responder_pre) has[1].insert(t), sent_e[1] |= t == Token::e;
  for (std::size_t i = 0; i < pattern.messages.size(); ++i) {
    const std::size_t sender = i % 2;
    for (const Token t : pattern.messages[i]) {
      if (t == Token::e || t == Token::s) {
        if (!has[sender].insert(t).second) return "a key is sent twice";
        sent_e[sender] |= t == Token::e;
      } else if (t == Token::psk) {
        saw_psk = {true, true};
      } else {
        const Token first = t == Token::ee || t == Token::es ? Token::e : Token::s;
        const Token second = t == Token::ee || t == Token::se ? Token::e : Token::s;
        if (!has[0].contains(first) || !has[1].contains(second)) return "a DH without its keys";
        if (!dhs.insert(t).second) return "a DH twice";
      }
    }
    // What the sender may encrypt with: its payload comes now.
    const Token own_static = sender == 0 ? Token::se : Token::es;
    const Token own_ephemeral = sender == 0 ? Token::es : Token::se;
    if (dhs.contains(own_static) && !dhs.contains(Token::ee)) return "a static DH without ee";
    if (dhs.contains(Token::ss) && !dhs.contains(own_ephemeral)) return "ss without an ephemeral";
    if (saw_psk[sender] && !sent_e[sender]) return "psk without e";
  }
  return "";
}

}  // namespace

TEST_CASE("the table holds what the derivation rules of §18.3 give for every name") {
  CHECK(pattern_names().size() == 3 + 12 + 23);
  for (const std::string_view name : pattern_names()) {
    CAPTURE(name);
    CHECK(handshake_pattern(name).value() == Derivation(name).derive());
  }
}

TEST_CASE("every pattern is valid (§7.3, §9.3), with every psk modifier too") {
  for (const std::string_view name : pattern_names()) {
    CAPTURE(name);
    const HandshakePattern plain = handshake_pattern(name).value();
    CHECK(broken_rule(plain) == "");
    for (std::size_t n = 0; n <= plain.messages.size(); ++n) {
      const auto with_psk = handshake_pattern(std::string(name) + "psk" + std::to_string(n));
      REQUIRE(with_psk.has_value());
      CHECK(broken_rule(*with_psk) == "");
      CHECK(with_psk->count(Token::psk) == 1);
    }
    CHECK_FALSE(handshake_pattern(std::string(name) + "psk" + std::to_string(plain.messages.size() + 1)));
  }
}

TEST_CASE("psk modifiers put their token where §9.4 says") {
  const HandshakePattern pattern = handshake_pattern("XXpsk0+psk1+psk3").value();
  CHECK(pattern.messages[0][0] == Token::psk);
  CHECK(pattern.messages[0][2] == Token::psk);
  CHECK(pattern.messages[1].size() == 4);
  CHECK(pattern.messages[2][2] == Token::psk);
}

TEST_CASE("fallback turns the first message into a pre-message, and the roles around (§10.2)") {
  const HandshakePattern pattern = handshake_pattern("XXfallback").value();
  HandshakePattern expected;  // XX seen from Bob, in Alice-initiated form
  expected.responder_pre.push_back(Token::e);
  MessagePattern first, second;
  for (const Token t : {Token::e, Token::ee, Token::s, Token::se}) first.push_back(t);
  for (const Token t : {Token::s, Token::es}) second.push_back(t);
  expected.messages.push_back(first);
  expected.messages.push_back(second);
  CHECK(pattern == expected);
  CHECK(broken_rule(pattern) == "");
  CHECK(broken_rule(handshake_pattern("XXfallback+psk0").value()) == "");
  CHECK_FALSE(handshake_pattern("NNfallback").value().is_one_way());
}

TEST_CASE("fallback needs a first message of public keys alone") {
  for (const char* name :
       {"IKfallback", "NKfallback", "Nfallback", "XXfallback+fallback", "XXpsk0+fallback"}) {
    CAPTURE(name);
    CHECK(handshake_pattern(name).error().reason == reasons::kUnknownPattern);
  }
}

TEST_CASE("names that are not of the form of §8") {
  for (const std::string name :
       {"", "Noise", "Noise_", "NoisePSK_XX_25519_AESGCM_SHA256", "noise_XX_25519_AESGCM_SHA256",
        "Noise_XX_25519_AESGCM", "Noise_XX_25519_AESGCM_SHA256_", "Noise_XX_25519_AESGCM_SHA256_X",
        "Noise__25519_AESGCM_SHA256", "Noise_XX_25519_AESGCM_SHA 256", "Noise_xx_25519_AESGCM_SHA256",
        "Noise_XXpsk0+_25519_AESGCM_SHA256", "Noise_XX+psk0_25519_AESGCM_SHA256",
        "Noise_XXpsk0+1_25519_AESGCM_SHA256", "Noise_XXpsk1+psk0_25519_AESGCM_SHA256",
        "Noise_XXpsk0+psk0_25519_AESGCM_SHA256", "Noise_XXpsk0++psk1_25519_AESGCM_SHA256"}) {
    CAPTURE(name);
    REQUIRE_FALSE(protocol_from_name(name));
    CHECK(protocol_from_name(name).error() == Error{Errc::malformed, reasons::kBadProtocolName});
  }
  CHECK(protocol_from_name("Noise_XX_25519_AESGCM_SHA256" + std::string(228, 'x')).error().reason ==
        reasons::kBadProtocolName);
}

TEST_CASE("names of what we do not speak") {
  for (const char* name :
       {"Noise_ZZ_25519_AESGCM_SHA256", "Noise_XXhfs_25519_AESGCM_SHA256", "Noise_XXpsk4_25519_AESGCM_SHA256",
        "Noise_XXpsk01_25519_AESGCM_SHA256", "Noise_XXpsk10_25519_AESGCM_SHA256"}) {
    CAPTURE(name);
    CHECK(protocol_from_name(name).error() == Error{Errc::incompatible, reasons::kUnknownPattern});
  }
  for (const std::string name : {"Noise_XX_25519+448_AESGCM_SHA256", "Noise_XX_P521_AESGCM_SHA256",
                                 "Noise_XX_25519_AES_SHA256", "Noise_XX_25519_AESGCM_SHA3/256"}) {
    CAPTURE(name);
    CHECK(protocol_from_name(name).error() == Error{Errc::incompatible, reasons::kUnknownAlgorithm});
  }
}

TEST_CASE("a name's sections say which algorithms") {
  const Protocol protocol = protocol_from_name("Noise_IK_P384_AESGCM_SHA512").value();
  CHECK(protocol.name == "Noise_IK_P384_AESGCM_SHA512");
  CHECK(protocol.dh == crypto::DhId::p384);
  CHECK(protocol.cipher == crypto::AeadId::aes256gcm);
  CHECK(protocol.hash == crypto::HashId::sha512);
  CHECK(protocol.pattern == handshake_pattern("IK").value());
}
