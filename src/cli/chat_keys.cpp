#include "cli/chat_keys.hpp"

#include <array>

#include "base/utf8.hpp"
#include "cli/text.hpp"

namespace taut::cli {
namespace {

constexpr Byte kEscape = 0x1b;
constexpr std::size_t kParameterBytesMax = 16;

/// What keyboards send for keys that move (xterm's and the VT220's ways).
struct Sequence {
  std::string_view text;
  wchar_t key;
};
constexpr std::array kSequences{
    Sequence{"C", keys::kForward},    Sequence{"D", keys::kBack},     Sequence{"H", keys::kToStart},
    Sequence{"F", keys::kToEnd},      Sequence{"1~", keys::kToStart}, Sequence{"7~", keys::kToStart},
    Sequence{"3~", keys::kEraseNext}, Sequence{"4~", keys::kToEnd},   Sequence{"8~", keys::kToEnd}};

constexpr std::array kControls{keys::kToStart,   keys::kBack,      keys::kEnd,       keys::kToEnd,
                               keys::kForward,   keys::kSwap,      keys::kEraseLine, keys::kEraseToEnd,
                               keys::kEraseWord, keys::kBringBack, keys::kErase};

}  // namespace

void TypedKeys::take(ByteView bytes) {
  for (const Byte byte : bytes) take(byte);
}

std::optional<wchar_t> TypedKeys::next() {
  if (keys_.empty()) return std::nullopt;
  const wchar_t key = keys_.front();
  keys_.pop_front();
  return key;
}

void TypedKeys::take(Byte byte) {
  const State state = std::exchange(state_, State::plain);
  if (byte == kEscape) {
    state_ = State::escaped;
    parameters_.clear();
    partial_.clear();
  } else if (state == State::plain) {
    take_plain(byte);
  } else if (state == State::escaped) {
    if (byte == '[') state_ = State::sequence;
    if (byte == 'O') state_ = State::shifted;
  } else if (state == State::shifted || byte >= 0x40) {
    finish_sequence(static_cast<char>(byte));
  } else if (byte >= 0x20) {
    if (parameters_.size() < kParameterBytesMax) parameters_ += static_cast<char>(byte);
    state_ = State::sequence;
  }
}

void TypedKeys::take_plain(Byte byte) {
  const bool continues = (byte & 0xc0) == 0x80;
  if (!continues) partial_.clear();
  if (byte < 0x20 || byte == 0x7f) return take_control(byte);
  partial_ += static_cast<char>(byte);
  if (continues && partial_.size() == 1) return partial_.clear();
  if (partial_.size() < character_size(partial_.front())) return;
  const std::string character = std::exchange(partial_, {});
  ByteView rest = as_bytes(character);
  if (!is_utf8_line(rest)) return;
  keys_.push_back(static_cast<wchar_t>(*take_code_point(rest)));
}

void TypedKeys::take_control(Byte byte) {
  if (byte == '\r' || byte == '\n') keys_.push_back(keys::kEnter);
  if (byte == '\t') keys_.push_back(L' ');
  if (byte == '\b') keys_.push_back(keys::kErase);
  for (const wchar_t key : kControls)
    if (static_cast<wchar_t>(byte) == key) keys_.push_back(key);
}

void TypedKeys::finish_sequence(char final) {
  for (const Sequence& one : kSequences)
    if (parameters_ + final == one.text) keys_.push_back(one.key);
}

}  // namespace taut::cli
