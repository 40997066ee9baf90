#include "base/bech32m.hpp"

namespace taut::bech32m {
namespace {

constexpr std::string_view kAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::uint32_t kChecksumBech32m = 0x2bc830a3;
constexpr std::size_t kChecksumSymbols = 6;
constexpr std::size_t kTextLengthMax = 1023;  // what the checksum's polynomial can cover

/// The BCH code of BIP 173 over 5-bit symbols.
class Checksum {
 public:
  void add(std::uint32_t symbol) {
    constexpr std::array<std::uint32_t, 5> kGenerator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                                         0x2a1462b3};
    const std::uint32_t top = state_ >> 25;
    state_ = (state_ & 0x1ffffff) << 5 ^ symbol;
    for (std::size_t i = 0; i < kGenerator.size(); ++i) {
      if ((top >> i & 1) != 0) state_ ^= kGenerator[i];
    }
  }
  void add_prefix(std::string_view prefix) {
    for (const char c : prefix) add(static_cast<std::uint8_t>(c) >> 5);
    add(0);
    for (const char c : prefix) add(static_cast<std::uint8_t>(c) & 31);
  }
  std::uint32_t state() const { return state_; }

 private:
  std::uint32_t state_ = 1;
};

std::vector<Byte> to_symbols(ByteView data) {
  std::vector<Byte> symbols;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const Byte byte : data) {
    pending = (pending << 8 | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) symbols.push_back(static_cast<Byte>(pending >> (bits - 5) & 31));
  }
  if (bits > 0) symbols.push_back(static_cast<Byte>(pending << (5 - bits) & 31));
  return symbols;
}

Result<Bytes> from_symbols(ByteView symbols) {
  Bytes data;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const Byte symbol : symbols) {
    pending = (pending << 5 | symbol) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      data.push_back(static_cast<Byte>(pending >> bits));
    }
  }
  const bool clean_padding = bits < 5 && (pending & ((1U << bits) - 1)) == 0;
  if (!clean_padding) return malformed();
  return data;
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

/// Lower case, or nothing when cases are mixed (BIP 173).
Result<std::string> folded(std::string_view text) {
  if (std::ranges::any_of(text, is_upper) && std::ranges::any_of(text, is_lower)) return malformed();
  std::string lower(text);
  for (char& c : lower) {
    if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

std::string encode(std::string_view prefix, ByteView data) {
  Checksum checksum;
  checksum.add_prefix(prefix);
  std::string text(prefix);
  text += '1';
  for (const Byte symbol : to_symbols(data)) {
    checksum.add(symbol);
    text += kAlphabet[symbol];
  }
  for (std::size_t i = 0; i < kChecksumSymbols; ++i) checksum.add(0);
  const std::uint32_t sum = checksum.state() ^ kChecksumBech32m;
  for (std::size_t i = 0; i < kChecksumSymbols; ++i) text += kAlphabet[sum >> 5 * (5 - i) & 31];
  return text;
}

Result<Bytes> decode(std::string_view prefix, std::string_view text) {
  if (text.size() > kTextLengthMax) return malformed();
  TAUT_TRY(const std::string lower, folded(text));
  const bool named = lower.size() > prefix.size() + kChecksumSymbols && lower.starts_with(prefix) &&
                     lower[prefix.size()] == '1';
  if (!named) return malformed();

  Checksum checksum;
  checksum.add_prefix(prefix);
  std::vector<Byte> symbols;
  for (const char c : std::string_view(lower).substr(prefix.size() + 1)) {
    const std::size_t symbol = kAlphabet.find(c);
    if (symbol == std::string_view::npos) return malformed();
    checksum.add(static_cast<std::uint32_t>(symbol));
    symbols.push_back(static_cast<Byte>(symbol));
  }
  if (checksum.state() != kChecksumBech32m) return malformed();
  return from_symbols(ByteView(symbols).first(symbols.size() - kChecksumSymbols));
}

}  // namespace taut::bech32m
