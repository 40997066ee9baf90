#include "node/access.hpp"

#include "crypto/hash.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::node {

namespace {

constexpr std::uint8_t kAccessFormat = 1;
constexpr std::string_view kTokenIdLabel = "taut 1 DeliveryTokenId";

/// One contact, one token: it need not be written down to be given again, or called off.
frame::DeliveryTokenId token_id(const Access& access, const NodeId& contact) {
  const crypto::DerivedKey tag =
      crypto::hmac(crypto::HashId::sha256, access.key.expose(), {as_bytes(kTokenIdLabel), contact.view()});
  return frame::DeliveryTokenId(tag.expose().first<frame::DeliveryTokenId::size_bytes>());
}

Result<Access> parse_access(ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_TRY(const std::uint8_t format, in.u8());
  if (format != kAccessFormat) return fail(Errc::incompatible, reasons::kFutureState);
  Access access;
  TAUT_TRY(const ByteView key, in.take(frame::DeliveryKey::size_bytes));
  access.key = frame::DeliveryKey(key.first<frame::DeliveryKey::size_bytes>());
  TAUT_TRY(const std::uint8_t openness, in.u8());
  TAUT_TRY(const std::uint8_t told, in.u8());
  if (openness > 1 || told > 1) return malformed();
  access.openness = static_cast<Openness>(openness);
  access.told = static_cast<Access::Told>(told);
  TAUT_TRY(access.called_off,
           in.list([](wire::Reader& one) { return one.value<frame::DeliveryTokenId>(); }, kCalledOffMax));
  TAUT_CHECK(in.finish());
  return access;
}

Status save_access(Transaction& transaction, const Access& access) {
  Bytes bytes;
  bytes.reserve(64 +
                access.called_off.size() * frame::DeliveryTokenId::size_bytes);  // the key is copied once
  wire::Writer out(bytes);
  out.u8(kAccessFormat).raw(access.key.expose()).u8(static_cast<std::uint8_t>(access.openness));
  out.u8(static_cast<std::uint8_t>(access.told));
  out.list(access.called_off,
           [](wire::Writer& inner, const frame::DeliveryTokenId& one) { inner.raw(one.view()); });
  const Status saved = transaction.set_value(ValueKey::access, bytes);
  wipe(bytes);
  return saved;
}

/// Nothing: no key was ever drawn.
Result<std::optional<Access>> held_access(Transaction& transaction) {
  TAUT_TRY(const std::optional<SecretBytes> value, transaction.value(ValueKey::access));
  if (!value) return std::nullopt;
  Result<Access> access = parse_access(value->expose());
  if (!access && access.error().code != Errc::incompatible)
    return fail(Errc::malformed, reasons::kDamagedState);
  if (!access) return std::unexpected(access.error());
  return std::optional<Access>(*std::move(access));
}

}  // namespace

Result<Access> load_access(Transaction& transaction, Random& random) {
  TAUT_TRY(std::optional<Access> held, held_access(transaction));
  if (held) return *std::move(held);
  Access fresh;
  fresh.key = random.make<frame::DeliveryKey>();
  TAUT_CHECK(save_access(transaction, fresh));
  return fresh;
}

Status set_openness(Store& store, Openness openness, Random& random) {
  return store.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(Access access, load_access(transaction, random));
    access.openness = openness;
    if (openness == Openness::contacts) access.told = Access::Told::once;
    return save_access(transaction, access);
  });
}

Bytes token_for(const Access& access, const NodeId& own, const NodeId& contact) {
  return frame::DeliveryToken::mint(access.key, own, frame::Rank::known, token_id(access, contact)).written();
}

Status call_off_token(Transaction& transaction, const NodeId& contact) {
  TAUT_TRY(std::optional<Access> access, held_access(transaction));
  if (!access) return {};
  const frame::DeliveryTokenId id = token_id(*access, contact);
  std::erase(access->called_off, id);
  if (access->called_off.size() == kCalledOffMax) access->called_off.erase(access->called_off.begin());
  access->called_off.push_back(id);
  return save_access(transaction, *access);
}

Status restore_token(Transaction& transaction, const NodeId& contact) {
  TAUT_TRY(std::optional<Access> access, held_access(transaction));
  if (!access || std::erase(access->called_off, token_id(*access, contact)) == 0) return {};
  return save_access(transaction, *access);
}

Result<std::optional<AccessRule>> access_rule(Transaction& transaction) {
  TAUT_TRY(const std::optional<Access> access, held_access(transaction));
  if (!access || access->told == Access::Told::never) return std::nullopt;
  AccessRule rule;
  if (access->openness == Openness::anybody) return rule;
  rule.key = to_bytes(access->key.expose());
  rule.called_off = access->called_off;
  std::ranges::sort(rule.called_off);
  return rule;
}

}  // namespace taut::node
