#include "library/identity.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::api {
namespace {

constexpr std::uint8_t kFormat = 1;

std::optional<WallTime> wall_time(const Time& now) {
  if (!now.unix_ms) return std::nullopt;
  return WallTime{*now.unix_ms};
}

taut::Result<identity::SignedCard> first_card(const identity::Identity& identity, std::string_view name,
                                              const Time& now) {
  identity::Card card = identity.card();
  TAUT_TRY(card.sequence, identity::next_sequence(0, wall_time(now)));
  card.name = name;
  return identity::SignedCard::sign(card, identity.signature_key());
}

// struct { uint8 format = 1; opaque identity<V>; opaque card<V>; } SavedIdentity;
taut::Result<std::shared_ptr<Identity::State>> read_saved(ByteView saved) {
  wire::Reader in(saved);
  TAUT_TRY(const std::uint8_t format, in.u8());
  if (format != kFormat) return fail(Errc::incompatible, reasons::kBadFrame);
  TAUT_TRY(const ByteView secret, in.vector());
  TAUT_TRY(const ByteView signed_card, in.vector(identity::kCardBytesMax));
  TAUT_CHECK(in.finish());
  TAUT_TRY(identity::Identity identity, identity::Identity::parse(secret));
  TAUT_TRY(identity::SignedCard card, identity::SignedCard::parse(signed_card));
  if (card.node_id() != identity.node_id()) return fail(Errc::unauthentic, reasons::kIdentityMismatch);
  NodeId text = to_text(identity.node_id());
  return std::make_shared<Identity::State>(std::move(identity), std::move(card), std::move(text));
}

taut::Result<std::shared_ptr<Identity::State>> draw(std::string_view name, const Time& now) {
  run::SystemRandom random;
  constexpr std::array kSuites{crypto::SuiteId::x25519_aes128gcm_sha256_ed25519};
  TAUT_TRY(identity::Identity identity, identity::Identity::create(kSuites, wall_time(now), random));
  TAUT_TRY(identity::SignedCard card, first_card(identity, name, now));
  NodeId text = to_text(identity.node_id());
  return std::make_shared<Identity::State>(std::move(identity), std::move(card), std::move(text));
}

}  // namespace

Error public_error(const taut::Error& error) {
  return {static_cast<ErrorCode>(static_cast<std::uint16_t>(error.code) + 1), error.reason.name};
}
std::unexpected<Error> failed(const taut::Error& error) { return std::unexpected(public_error(error)); }

static_assert(static_cast<int>(ErrorCode::malformed) == static_cast<int>(Errc::malformed) + 1);
static_assert(static_cast<int>(ErrorCode::misuse) == static_cast<int>(Errc::misuse) + 1);

Time now() {
  using std::chrono::duration_cast;
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const auto unix_ms = duration_cast<std::chrono::milliseconds>(wall).count();
  return {std::chrono::steady_clock::now().time_since_epoch(), static_cast<std::uint64_t>(unix_ms)};
}

Identity::Identity(std::shared_ptr<State> state) : state_(std::move(state)) {}
Identity::Identity(Identity&&) noexcept = default;
Identity& Identity::operator=(Identity&&) noexcept = default;
Identity::~Identity() = default;

Result<Identity> Identity::create(std::string_view name, const Time& now) {
  auto state = draw(name, now);
  if (!state) return failed(state.error());
  return Identity(*std::move(state));
}

Result<Identity> Identity::load(ByteView saved) {
  auto state = read_saved(saved);
  if (!state) return failed(state.error());
  return Identity(*std::move(state));
}

Bytes Identity::save() const {
  const SecretBytes secret = state_->identity.serialise();
  Bytes out;
  out.reserve(secret.size() + state_->card.bytes().size() +
              16);  // so that it does not move, and leave copies
  wire::Writer(out).u8(kFormat).vector(secret.expose()).vector(state_->card.bytes());
  return out;
}

const NodeId& Identity::node_id() const { return state_->node_id; }

}  // namespace taut::api
