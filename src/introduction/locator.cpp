#include "introduction/locator.hpp"

#include "base/utf8.hpp"
#include "crypto/encoding.hpp"
#include "identity/card_wire.hpp"

namespace taut::introduction {

namespace {

constexpr std::uint8_t kLinkFormat = 1;
constexpr std::size_t kCheckBytes = 4;
constexpr std::size_t kPlaceBytesMax = 4096;
constexpr std::size_t kLinkBytesMax = kPlaceCountMax * kPlaceBytesMax + 1024;
enum class PlaceKind : std::uint8_t { dispatcher = 1, url = 2 };

std::unexpected<Error> link_cut() { return fail(Errc::malformed, reasons::kLinkCut); }
std::unexpected<Error> link_wrong() { return fail(Errc::malformed, reasons::kLinkWrong); }

void write_invitation(wire::Writer& out, const Invitation& invitation) {
  out.raw(invitation.id.view()).raw(invitation.secret.expose());
  out.u64(invitation.not_after_s).u16(invitation.uses);
}

Result<std::optional<Invitation>> read_invitation(wire::Reader& in) {
  TAUT_TRY(const bool is_there, in.present());
  if (!is_there) return std::nullopt;
  TAUT_TRY(const InvitationId id, in.value<InvitationId>());
  TAUT_TRY(const ByteView secret, in.take(InvitationSecret::size_bytes));
  TAUT_TRY(const std::uint64_t not_after_s, in.u64());
  TAUT_TRY(const std::uint16_t uses, in.u16());
  return Invitation{id, InvitationSecret(secret.first<InvitationSecret::size_bytes>()), not_after_s, uses};
}

void write_link(wire::Writer& out, const Locator& locator) {
  out.u8(kLinkFormat).raw(locator.log_id.view()).raw(locator.wrap_key.expose());
  out.u16(static_cast<std::uint16_t>(locator.suite)).raw(locator.maker.view());
  out.vector(as_bytes(locator.name)).list(locator.places, write_place);
  out.present(locator.invitation.has_value());
  if (locator.invitation) write_invitation(out, *locator.invitation);
  wire::write_extensions(out, {});
}

Result<Locator> read_link(wire::Reader& in) {
  TAUT_TRY(const std::uint8_t format, in.u8());
  if (format != kLinkFormat) return fail(Errc::incompatible, reasons::kBadFrame);
  TAUT_TRY(const LogId log_id, in.value<LogId>());
  TAUT_TRY(const ByteView wrap_key, in.take(WrapKey::size_bytes));
  TAUT_TRY(const std::uint16_t suite_number, in.u16());
  const crypto::Suite* suite = crypto::find_suite(suite_number);
  if (suite == nullptr) return fail(Errc::incompatible, reasons::kSuiteRefused);
  TAUT_TRY(const NodeId maker, in.value<NodeId>());
  TAUT_TRY(const ByteView name, in.vector(identity::kNameBytesMax));
  if (!is_utf8_line(name)) return fail(Errc::malformed, reasons::kBadName);
  TAUT_TRY(std::vector<Place> places, in.list(read_place, kPlaceCountMax));
  TAUT_TRY(std::optional<Invitation> invitation, read_invitation(in));
  TAUT_CHECK(wire::read_extensions(in, {}));
  TAUT_CHECK(in.finish());
  return Locator{log_id,
                 WrapKey(wrap_key.first<WrapKey::size_bytes>()),
                 suite->id,
                 maker,
                 std::string(as_text(name)),
                 std::move(places),
                 std::move(invitation)};
}

crypto::Digest check_of(ByteView link) { return crypto::hash(crypto::HashId::sha256, {link}); }

std::string dense(std::string_view text) {
  std::string kept;
  for (const char c : text)
    if (!std::string_view(" \t\r\n").contains(c)) kept += c;
  return kept;
}

}  // namespace

bool is_url(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (text.size() > kUrlBytesMax || scheme == std::string_view::npos || scheme == 0) return false;
  const auto is_shown = [](char c) { return c > ' ' && c < 0x7f; };
  const std::string_view authority = text.substr(scheme + 3, text.find('/', scheme + 3) - (scheme + 3));
  return std::ranges::all_of(text, is_shown) && !authority.empty() && !authority.contains('@');
}

void write_place(wire::Writer& out, const Place& place) {
  if (const auto* url = std::get_if<Url>(&place)) {
    out.u8(static_cast<std::uint8_t>(PlaceKind::url)).vector(as_bytes(url->text));
    return;
  }
  out.u8(static_cast<std::uint8_t>(PlaceKind::dispatcher)).nested([&](wire::Writer& inner) {
    identity::write_dispatcher(inner, std::get<identity::Dispatcher>(place));
  });
}

Result<Place> read_place(wire::Reader& in) {
  TAUT_TRY(const std::uint8_t kind, in.u8());
  TAUT_TRY(wire::Reader inner, in.nested(kPlaceBytesMax));
  if (kind == static_cast<std::uint8_t>(PlaceKind::url)) {
    const std::string text(as_text(inner.rest()));
    if (!is_url(text)) return malformed();
    return Url{text};
  }
  if (kind != static_cast<std::uint8_t>(PlaceKind::dispatcher)) return malformed();
  TAUT_TRY(identity::Dispatcher dispatcher, identity::read_dispatcher(inner));
  TAUT_CHECK(inner.finish());
  if (dispatcher.addresses.empty()) return malformed();
  return dispatcher;
}

Locator Locator::copy_of(const Locator& other) {
  Locator copy{
      other.log_id, WrapKey::copy_of(other.wrap_key), other.suite, other.maker, other.name, other.places,
      std::nullopt};
  if (other.invitation) copy.invitation = Invitation::copy_of(*other.invitation);
  return copy;
}

Result<std::string> to_text(const Locator& locator) {
  Bytes link;
  link.reserve(kLinkBytesMax);  // it holds secrets: no copies on the way
  wire::Writer out(link);
  write_link(out, locator);
  out.raw(check_of(link).view().first(kCheckBytes));
  wire::Reader again(ByteView(link).first(link.size() - kCheckBytes));
  const bool is_sound = link.size() <= kLinkBytesMax && read_link(again).has_value();
  std::string text = std::string(kTopicScheme) + crypto::to_base64url(link);
  wipe(link);
  if (!is_sound) return fail(Errc::misuse, reasons::kMisuse);
  return text;
}

Result<Locator> locator_from_text(std::string_view text) {
  const std::string link_text = dense(text);
  if (link_text.size() < kTopicScheme.size() && kTopicScheme.starts_with(link_text)) return link_cut();
  if (!link_text.starts_with(kTopicScheme) || link_text.size() > 2 * kLinkBytesMax) return link_wrong();
  Result<Bytes> bytes = crypto::from_base64url(std::string_view(link_text).substr(kTopicScheme.size()));
  if (!bytes) return link_wrong();
  if (bytes->size() <= kCheckBytes) return link_cut();
  const ByteView body = ByteView(*bytes).first(bytes->size() - kCheckBytes);
  const bool is_whole = equal(check_of(body).view().first(kCheckBytes), ByteView(*bytes).last(kCheckBytes));
  wire::Reader in(body);
  Result<Locator> locator = read_link(in);
  wipe(*bytes);
  if (!is_whole) return link_cut();
  if (!locator && locator.error().code != Errc::incompatible) return link_wrong();
  return locator;
}

}  // namespace taut::introduction
