#pragma once
// Handshake patterns as data: what each party knows beforehand, and the tokens of every message.
// Noise rev 34 §7, §9.4, §10.2, §18.1.

#include <cassert>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "noise/reasons.hpp"

namespace taut::noise {

enum class Token : std::uint8_t { e, s, ee, es, se, ss, psk };

enum class Role : std::uint8_t { initiator, responder };
constexpr Role other(Role role) { return role == Role::initiator ? Role::responder : Role::initiator; }

/// A short list in place.
template <class T, std::size_t N>
class ListOf {
 public:
  constexpr void push_back(T one) {
    assert(size_ < N);
    items_[size_++] = std::move(one);
  }
  constexpr void insert_front(T one) {
    push_back(one);
    std::rotate(items_.begin(), items_.begin() + size_ - 1, items_.begin() + size_);
  }
  constexpr void remove_front() {
    std::rotate(items_.begin(), items_.begin() + 1, items_.begin() + size_);
    items_[--size_] = T{};
  }
  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr T* begin() { return items_.data(); }
  constexpr T* end() { return items_.data() + size_; }
  constexpr const T* begin() const { return items_.data(); }
  constexpr const T* end() const { return items_.data() + size_; }
  constexpr T& operator[](std::size_t i) { return items_[i]; }
  constexpr const T& operator[](std::size_t i) const { return items_[i]; }
  friend constexpr bool operator==(const ListOf&, const ListOf&) = default;

 private:
  std::array<T, N> items_{};
  std::uint8_t size_ = 0;
};

/// Longest message: e, ee, se, s, es, and a psk at each end.
using MessagePattern = ListOf<Token, 8>;
/// e, s, both or neither (§7.1).
using PreMessagePattern = ListOf<Token, 2>;

struct HandshakePattern {
  PreMessagePattern initiator_pre;
  PreMessagePattern responder_pre;
  ListOf<MessagePattern, 4> messages;  ///< the initiator sends the first, then they alternate

  constexpr bool contains(Token token) const {
    return std::ranges::any_of(
        messages, [&](const MessagePattern& one) { return std::ranges::find(one, token) != one.end(); });
  }
  std::size_t count(Token token) const;
  /// The responder brings no ephemeral key, so only the initiator may send afterwards (§7.4).
  constexpr bool is_one_way() const {
    return messages.size() == 1 && std::ranges::find(responder_pre, Token::e) == responder_pre.end();
  }
  friend constexpr bool operator==(const HandshakePattern&, const HandshakePattern&) = default;
};

/// Names of all patterns without modifiers: 3 one-way, 12 fundamental, 23 deferred.
std::span<const std::string_view> pattern_names();

/// The pattern that a name section stands for, modifiers applied in order: "IK", "XXpsk0+psk3",
/// "XXfallback". After `fallback` the initiator is the party that was the responder.
/// @errors malformed (bad_protocol_name): not a pattern name section
///         incompatible (unknown_pattern): no such pattern or modifier, or it does not fit here
/// @spec   Noise rev 34 §8.1
Result<HandshakePattern> handshake_pattern(std::string_view section);

}  // namespace taut::noise
