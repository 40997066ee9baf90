#include "node/self.hpp"

#include <limits>

#include "base/utf8.hpp"
#include "node/believed_time.hpp"
#include "node/key_stock.hpp"
#include "node/own_dispatchers.hpp"
#include "node/progress.hpp"
#include "node/records.hpp"
#include "node/sealing_keys.hpp"
#include "node/topic_records.hpp"

namespace taut::node {

namespace {

using identity::Identity;
using identity::SignedCard;

constexpr Byte kStateFormat = 1;

std::unexpected<Error> damaged() { return fail(Errc::malformed, reasons::kDamagedState); }

/// A value that a node which has an identity always has.
Result<SecretBytes> need_value(Transaction& transaction, ValueKey key) {
  TAUT_TRY(std::optional<SecretBytes> value, transaction.value(key));
  if (!value) return damaged();
  return *std::move(value);
}

Status check_name(std::string_view name) {
  if (name.size() > identity::kNameBytesMax || !is_utf8_line(as_bytes(name)))
    return fail(Errc::malformed, reasons::kBadName);
  return {};
}

Status begin_stream(Transaction& transaction, Place place, Random& random) {
  TAUT_CHECK(begin_incarnation(transaction, random));
  TAUT_CHECK(transaction.clear_counters());
  TAUT_CHECK(mark_topics_copied(transaction));
  TAUT_CHECK(forget_key_stocks(transaction));
  return transaction.set_value(ValueKey::stream, encode(StreamValue{random.u64(), to_bytes(place)}));
}

enum class Whereabouts : std::uint8_t { as_left, moved, first_here };

Result<Whereabouts> whereabouts(Transaction& transaction, Place place) {
  TAUT_TRY(const SecretBytes value, need_value(transaction, ValueKey::stream));
  TAUT_TRY(const StreamValue stream, parse_stream_value(value.expose()));
  if (equal(stream.place, place)) return Whereabouts::as_left;
  return stream.place.empty() ? Whereabouts::first_here : Whereabouts::moved;
}

Status check_format(Transaction& transaction) {
  TAUT_TRY(const std::optional<SecretBytes> format, transaction.value(ValueKey::format));
  if (!format) return fail(Errc::unavailable, reasons::kNoIdentity);
  if (format->size() != 1) return damaged();
  if (format->expose()[0] != kStateFormat) return fail(Errc::incompatible, reasons::kFutureState);
  return {};
}

Result<std::uint64_t> last_sequence(Transaction& transaction) {
  TAUT_TRY(const std::optional<SecretBytes> value, transaction.value(ValueKey::own_card));
  if (!value) return 0;
  TAUT_TRY(const SignedCard card, SignedCard::restore(value->expose()));
  return card.card().sequence;
}

Result<std::string> load_name(Transaction& transaction) {
  TAUT_TRY(const SecretBytes name, need_value(transaction, ValueKey::name));
  return std::string(as_text(name.expose()));
}

Result<Self> load_self(Transaction& transaction, StateFile state_file) {
  TAUT_TRY(Identity identity, load_identity(transaction));
  TAUT_TRY(std::string name, load_name(transaction));
  TAUT_TRY(SignedCard card, own_card(transaction));
  return Self{std::move(identity), std::move(name), std::move(card), state_file};
}

Result<Identity> create_identity(const NewNode& node, const Moment& at, Random& random) {
  if (!check_name(node.name)) return fail(Errc::misuse, reasons::kBadName);
  return Identity::create(node.suites, at.wall, random);
}

Status write_new_node(Transaction& transaction, const NewNode& node, const Identity& identity, Place place,
                      const Moment& at, Random& random) {
  TAUT_CHECK(begin_node(transaction, identity, node, place, at, random));
  TAUT_CHECK(sign_card(transaction, identity, at.wall));
  return {};
}

/// No clock that is right shows a time before this (2023): it has lost its battery.
constexpr WallTime kClockFloor{1'672'531'200'000};

/// By when link keys are certified. A node without dispatchers has nobody to compare its clock with: where
/// that was ahead once, the time that it believed then is given up for what the clock says now, or everybody
/// would refuse the certificates until that time has come.
Result<std::optional<WallTime>> certifying_time(Transaction& transaction, std::optional<WallTime> clock) {
  TAUT_TRY(const std::optional<WallTime> believed, believed_time(transaction, clock));
  if (!clock || *clock < kClockFloor || *clock >= *believed) return believed;
  TAUT_TRY(const std::vector<DispatcherRow> dispatchers, transaction.dispatchers());
  return dispatchers.empty() ? clock : believed;
}

/// A certificate that was made without a clock is replaced as soon as there is one; and so is one from a time
/// that has not come.
bool link_keys_are_due(const Identity& identity, std::optional<WallTime> certifying) {
  if (!certifying) return false;
  const auto is_due = [&](const identity::LinkKeyPair& key) {
    const identity::Validity& validity = key.certificate.validity;
    return validity.not_after == identity::kEndOfTime || *certifying < validity.not_before ||
           *certifying > validity.not_before + identity::kClockSkew + kLinkKeyRotation;
  };
  return std::ranges::any_of(identity.link_keys(), is_due);
}

/// Who serves is known by its link keys to nodes that cannot be told of others in time: these are certified
/// anew. Everybody else draws new ones.
Result<Rotation> keep_link_keys(Transaction& transaction, std::optional<WallTime> clock, Random& random) {
  TAUT_TRY(const Identity identity, load_identity(transaction));
  TAUT_TRY(const std::optional<WallTime> wall, certifying_time(transaction, clock));
  if (!link_keys_are_due(identity, wall)) return Rotation::none;
  TAUT_TRY(const SecretBytes serves_at, need_value(transaction, ValueKey::serves_at));
  TAUT_TRY(const std::vector<identity::Address> addresses, parse_addresses(serves_at.expose()));
  const auto keys = addresses.empty() ? Identity::LinkKeys::drawn_anew : Identity::LinkKeys::kept;
  TAUT_TRY(const Identity renewed, identity.renewed(keys, wall, random));
  TAUT_CHECK(transaction.set_value(ValueKey::identity, renewed.serialise().expose()));
  return Rotation::rotated;
}

/// Changes a value that the card shows, and signs a new one.
Result<SignedCard> change(Store& store, ValueKey key, ByteView value, const Moment& at) {
  std::optional<SignedCard> card;
  TAUT_CHECK(store.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(const Identity identity, load_identity(transaction));
    TAUT_CHECK(transaction.set_value(key, value));
    TAUT_TRY(card, sign_card(transaction, identity, at.wall));
    return {};
  }));
  return *std::move(card);
}

}  // namespace

Status begin_node(Transaction& transaction, const Identity& identity, const NewNode& node, Place place,
                  const Moment& at, Random& random) {
  TAUT_TRY(const std::optional<SecretBytes> existing, transaction.value(ValueKey::format));
  if (existing) return fail(Errc::misuse, reasons::kIdentityExists);
  TAUT_CHECK(transaction.set_value(ValueKey::format, std::array{kStateFormat}));
  TAUT_CHECK(transaction.set_value(ValueKey::identity, identity.serialise().expose()));
  TAUT_CHECK(transaction.set_value(ValueKey::name, as_bytes(node.name)));
  TAUT_CHECK(transaction.set_value(ValueKey::suites, encode(node.suites)));
  TAUT_CHECK(transaction.set_value(ValueKey::serves_at, encode(std::vector<identity::Address>{})));
  TAUT_CHECK(begin_stream(transaction, place, random));
  TAUT_CHECK(add_sealing_key(transaction, node.suites.front(), at.wall, random));
  TAUT_CHECK(note_wall_time(transaction, at.wall));
  return {};
}

Status initialise(Store& store, const NewNode& node, Place place, const Moment& at, Random& random) {
  TAUT_TRY(const Identity identity, create_identity(node, at, random));
  return store.write([&](Transaction& transaction) {
    return write_new_node(transaction, node, identity, place, at, random);
  });
}

Result<bool> is_initialised(Store& store) {
  bool found = false;
  TAUT_CHECK(store.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::optional<SecretBytes> format, transaction.value(ValueKey::format));
    found = format.has_value();
    return {};
  }));
  return found;
}

Result<Self> open(Store& store, Place place, const Moment& at, Random& random) {
  std::optional<Self> self;
  bool is_due = false;
  TAUT_CHECK(store.read([&](Transaction& transaction) -> Status {
    TAUT_CHECK(check_format(transaction));
    TAUT_TRY(const Whereabouts where, whereabouts(transaction, place));
    TAUT_TRY(const std::optional<WallTime> wall, believed_time(transaction, at.wall));
    TAUT_TRY(const bool keys_due, sealing_keys_are_due(transaction, wall));
    TAUT_TRY(const Identity identity, load_identity(transaction));
    TAUT_TRY(const std::optional<WallTime> certifying, certifying_time(transaction, at.wall));
    is_due = where != Whereabouts::as_left || keys_due || link_keys_are_due(identity, certifying);
    if (is_due) return {};
    TAUT_TRY(self, load_self(transaction, StateFile::as_left));
    return {};
  }));
  if (!is_due) return *std::move(self);

  TAUT_CHECK(store.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(const Whereabouts where, whereabouts(transaction, place));
    if (where != Whereabouts::as_left) TAUT_CHECK(begin_stream(transaction, place, random));
    TAUT_CHECK(keep_keys_and_card(transaction, at, random));
    TAUT_TRY(self,
             load_self(transaction, where == Whereabouts::moved ? StateFile::moved : StateFile::as_left));
    return {};
  }));
  return *std::move(self);
}

Status keep_keys_and_card(Transaction& transaction, const Moment& at, Random& random) {
  TAUT_TRY(const std::optional<WallTime> wall, note_wall_time(transaction, at.wall));
  TAUT_TRY(const SignedCard held, own_card(transaction));
  if (held.revocation()) return {};
  TAUT_TRY(const Rotation sealing, keep_sealing_keys(transaction, wall, random));
  TAUT_TRY(const Rotation links, keep_link_keys(transaction, at.wall, random));
  if (sealing == Rotation::none && links == Rotation::none) return {};
  TAUT_TRY(const Identity identity, load_identity(transaction));
  TAUT_CHECK(sign_card(transaction, identity, wall));
  return {};
}

Result<SignedCard> serve_at(Store& store, const std::vector<identity::Address>& addresses, const Moment& at) {
  return change(store, ValueKey::serves_at, encode(addresses), at);
}

Result<SignedCard> rename(Store& store, std::string_view name, const Moment& at) {
  TAUT_CHECK(check_name(name));
  return change(store, ValueKey::name, as_bytes(name), at);
}

Result<SignedCard> own_card(Transaction& transaction) {
  TAUT_TRY(const SecretBytes value, need_value(transaction, ValueKey::own_card));
  Result<SignedCard> card = SignedCard::restore(value.expose());
  if (!card) return damaged();
  return card;
}

Result<SignedCard> sign_card(Transaction& transaction, const Identity& identity, std::optional<WallTime> wall,
                             std::uint64_t sequence_floor) {
  identity::Card card = identity.card();
  TAUT_TRY(const std::uint64_t last, last_sequence(transaction));
  if (last == std::numeric_limits<std::uint64_t>::max()) return fail(Errc::unauthentic, reasons::kOwnRevoked);
  TAUT_TRY(card.sequence, identity::next_sequence(std::max(last, sequence_floor), wall));
  if (wall) card.not_after = *wall + kCardLife;
  TAUT_TRY(card.name, load_name(transaction));
  TAUT_TRY(const SealingKeys keys, load_sealing_keys(transaction));
  card.sealing_key = keys.pairs.back().public_part();
  TAUT_TRY(const SecretBytes addresses, need_value(transaction, ValueKey::serves_at));
  TAUT_TRY(card.serves_at, parse_addresses(addresses.expose()));
  TAUT_TRY(const std::vector<OwnDispatcher> dispatchers, own_dispatchers(transaction));
  for (const OwnDispatcher& one : dispatchers) {
    if (one.standing == Standing::leaving) continue;
    TAUT_TRY(identity::Dispatcher dispatcher, as_dispatcher(one.card));
    card.dispatchers.push_back(std::move(dispatcher));
  }
  TAUT_TRY(SignedCard signed_card, SignedCard::sign(card, identity.signature_key()));
  TAUT_CHECK(transaction.set_value(ValueKey::own_card, signed_card.bytes()));
  return signed_card;
}

Result<Identity> load_identity(Transaction& transaction) {
  TAUT_CHECK(check_format(transaction));
  TAUT_TRY(const SecretBytes value, need_value(transaction, ValueKey::identity));
  Result<Identity> identity = Identity::parse(value.expose());
  if (!identity && identity.error().code != Errc::incompatible) return damaged();
  return identity;
}

Result<StreamId> own_stream(Transaction& transaction) {
  TAUT_TRY(const SecretBytes value, need_value(transaction, ValueKey::stream));
  TAUT_TRY(const StreamValue stream, parse_stream_value(value.expose()));
  return stream.stream;
}

Status renew_stream(Transaction& transaction, Random& random) {
  TAUT_TRY(const SecretBytes value, need_value(transaction, ValueKey::stream));
  TAUT_TRY(const StreamValue old, parse_stream_value(value.expose()));
  TAUT_CHECK(transaction.clear_counters());
  TAUT_CHECK(mark_topics_copied(transaction));
  TAUT_CHECK(forget_key_stocks(transaction));
  return transaction.set_value(ValueKey::stream, encode(StreamValue{random.u64(), old.place}));
}

}  // namespace taut::node
