#pragma once
// What is typed at a terminal, as keys: whole characters, and the few that move and erase. Everything else
// that a terminal sends is dropped, so that no key leads the line editor where nothing comes back.

#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.hpp"

namespace taut::cli {

/// Keys that are no character, by the control codes that the line editor knows them by (its emacs map).
namespace keys {
inline constexpr wchar_t kToStart = 0x01, kBack = 0x02, kEnd = 0x04, kToEnd = 0x05, kForward = 0x06;
inline constexpr wchar_t kEnter = L'\n', kEraseToEnd = 0x0b, kSwap = 0x14, kEraseLine = 0x15;
inline constexpr wchar_t kEraseWord = 0x17, kBringBack = 0x19, kErase = 0x7f;
inline constexpr wchar_t kEraseNext = 0x1f;  ///< nothing sends it: the Delete key becomes it here
}  // namespace keys

class TypedKeys {
 public:
  /// Any bytes, cut anywhere.
  void take(ByteView bytes);
  std::optional<wchar_t> next();

 private:
  enum class State { plain, escaped, sequence, shifted };

  void take(Byte byte);
  void take_plain(Byte byte);
  void take_control(Byte byte);
  void finish_sequence(char final);

  State state_ = State::plain;
  std::string partial_;     ///< of a character
  std::string parameters_;  ///< of a control sequence (ECMA-48 §5.4)
  std::deque<wchar_t> keys_;
};

}  // namespace taut::cli
