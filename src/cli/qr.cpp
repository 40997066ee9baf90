#include "cli/qr.hpp"

#include <qrencode.h>

#include <array>
#include <memory>

namespace taut::cli {
namespace {

constexpr int kQuietZone = 4;

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

bool is_dark(const QRcode& code, int x, int y) {
  if (x < 0 || y < 0 || x >= code.width || y >= code.width) return false;
  return (code.data[y * code.width + x] & 1) != 0;
}

/// Two modules, one above the other, in one character: the upper one counts 2, the lower one 1.
constexpr std::array<const char*, 4> kHalfBlocks{" ", "\u2584", "\u2580", "\u2588"};

}  // namespace

std::optional<std::string> qr_code(const std::string& text, std::size_t columns) {
  const std::unique_ptr<QRcode, FreeCode> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_L));
  if (!code || static_cast<std::size_t>(code->width) + 2 * std::size_t{kQuietZone} > columns)
    return std::nullopt;
  std::string out;
  const int end = code->width + kQuietZone;
  for (int y = -kQuietZone; y < end; y += 2) {
    out += "\033[38;5;16;48;5;231m";  // black on white, whatever the terminal's own colours are
    for (int x = -kQuietZone; x < end; ++x)
      out += kHalfBlocks[(is_dark(*code, x, y) ? 2u : 0u) + (is_dark(*code, x, y + 1) ? 1u : 0u)];
    out += "\033[0m\n";
  }
  return out;
}

}  // namespace taut::cli
