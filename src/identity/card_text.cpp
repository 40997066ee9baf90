#include "identity/card_text.hpp"

#include "crypto/encoding.hpp"
#include "wire/reader.hpp"

namespace taut::identity {

namespace {

constexpr std::size_t kTextBytesMax = kCardScheme.size() + (kCardBytesMax + 2) / 3 * 4;

std::unexpected<Error> cut() { return fail(Errc::malformed, reasons::kLinkCut); }
std::unexpected<Error> wrong() { return fail(Errc::malformed, reasons::kLinkWrong); }

std::string without_white_space(std::string_view text) {
  std::string dense;
  for (const char c : text)
    if (!std::string_view(" \t\r\n").contains(c)) dense += c;
  return dense;
}

bool is_base64url(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// Whether `bytes` begin like a card and stop before its announced end (identity/card.hpp).
bool ends_early(ByteView bytes) {
  wire::Reader in(bytes);
  if (!in.u8()) return true;
  for ([[maybe_unused]] const char* field : {"tbs", "signature"}) {
    if (in.empty()) return true;
    const std::size_t header_size = std::size_t{1} << (in.rest()[0] >> 6);
    if (in.rest().size() < header_size) return true;
    const Result<std::size_t> size = in.vector_size();
    if (!size || *size > kCardBytesMax) return false;
    if (!in.take(*size)) return true;
  }
  return false;
}

}  // namespace

std::string to_text(const SignedCard& card) {
  return std::string(kCardScheme) + crypto::to_base64url(card.bytes());
}

Result<SignedCard> card_from_text(std::string_view text) {
  const std::string dense = without_white_space(text);
  if (dense.size() > kTextBytesMax) return wrong();
  if (dense.size() < kCardScheme.size() && kCardScheme.starts_with(dense)) return cut();
  if (!dense.starts_with(kCardScheme)) return wrong();

  const std::string_view body = std::string_view(dense).substr(kCardScheme.size());
  if (!is_base64url(body)) return wrong();
  Result<Bytes> bytes = crypto::from_base64url(body);
  const bool stops_inside_a_group = !bytes.has_value();
  if (stops_inside_a_group) bytes = crypto::from_base64url(body.substr(0, body.size() / 4 * 4));
  if (!bytes) return wrong();
  if (ends_early(*bytes)) return cut();
  if (stops_inside_a_group) return wrong();

  Result<SignedCard> card = SignedCard::parse(*bytes);
  if (!card && card.error().code != Errc::incompatible) return wrong();
  return card;
}

}  // namespace taut::identity
