#include "topic/settings.hpp"

#include "base/utf8.hpp"
#include "identity/card_wire.hpp"
#include "introduction/leaf_certificate.hpp"

namespace taut::topic {

namespace {

constexpr std::uint8_t kSettingsFormat = 1;
enum class OrderKind : std::uint8_t { log = 1, committer = 2 };

std::unexpected<Error> bad_settings() { return fail(Errc::malformed, reasons::kBadSettings); }

void write_node_ids(wire::Writer& out, const std::vector<NodeId>& node_ids) {
  out.list(node_ids, [](wire::Writer& inner, const NodeId& one) { inner.raw(one.view()); });
}
Result<std::vector<NodeId>> read_node_ids(wire::Reader& in, std::size_t count_max) {
  return in.list([](wire::Reader& inner) { return inner.value<NodeId>(); }, count_max);
}

void write_order(wire::Writer& out, const Order& order) {
  if (const auto* log = std::get_if<LogOrder>(&order)) {
    out.u8(static_cast<std::uint8_t>(OrderKind::log));
    out.list(log->homes, [](wire::Writer& inner, const identity::Dispatcher& one) {
      introduction::write_place(inner, one);
    });
    return;
  }
  const auto& committer = std::get<CommitterOrder>(order);
  out.u8(static_cast<std::uint8_t>(OrderKind::committer));
  write_node_ids(out, committer.committers);
  out.u32(static_cast<std::uint32_t>(committer.takeover.count()));
  out.list(committer.places, introduction::write_place);
}

Result<Order> read_log_order(wire::Reader& in) {
  TAUT_TRY(auto places, in.list(introduction::read_place, introduction::kPlaceCountMax));
  LogOrder order;
  for (Place& place : places) {
    auto* dispatcher = std::get_if<identity::Dispatcher>(&place);
    if (dispatcher == nullptr) return bad_settings();
    order.homes.push_back(std::move(*dispatcher));
  }
  if (order.homes.empty()) return bad_settings();
  return order;
}

Result<Order> read_committer_order(wire::Reader& in) {
  CommitterOrder order;
  TAUT_TRY(order.committers, read_node_ids(in, kCommitterCountMax));
  TAUT_TRY(const std::uint32_t takeover_s, in.u32());
  order.takeover = std::chrono::seconds(takeover_s);
  TAUT_TRY(order.places, in.list(introduction::read_place, introduction::kPlaceCountMax));
  if (order.committers.empty() || takeover_s == 0) return bad_settings();
  return order;
}

Result<Order> read_order(wire::Reader& in) {
  TAUT_TRY(const std::uint8_t kind, in.u8());
  if (kind == static_cast<std::uint8_t>(OrderKind::log)) return read_log_order(in);
  if (kind == static_cast<std::uint8_t>(OrderKind::committer)) return read_committer_order(in);
  return fail(Errc::incompatible, reasons::kBadSettings);
}

Result<UsedKeyPackage> read_used(wire::Reader& in) {
  TAUT_TRY(const ByteView ref, in.vector(crypto::kHashBytesMax));
  TAUT_TRY(const std::uint64_t not_after_s, in.u64());
  return UsedKeyPackage{{crypto::Digest(ref)}, not_after_s};
}
Result<RevokedInvitation> read_revoked(wire::Reader& in) {
  TAUT_TRY(const InvitationId id, in.value<InvitationId>());
  TAUT_TRY(const std::uint64_t not_after_s, in.u64());
  return RevokedInvitation{id, not_after_s};
}

Status read_lists(wire::Reader& in, Settings& settings) {
  TAUT_TRY(settings.used, in.list(read_used, kUsedCountMax));
  TAUT_TRY(settings.revoked, in.list(read_revoked, kRevokedCountMax));
  TAUT_TRY(settings.barred, read_node_ids(in, kBarredCountMax));
  TAUT_TRY(settings.extensions, wire::read_extensions(in, {}));
  return in.finish();
}

}  // namespace

bool Settings::is_used(const mls::KeyPackageRef& ref) const {
  return std::ranges::find(used, ref, &UsedKeyPackage::ref) != used.end();
}
bool Settings::is_revoked(const InvitationId& id) const {
  return std::ranges::find(revoked, id, &RevokedInvitation::id) != revoked.end();
}
bool Settings::is_barred(const NodeId& node_id) const {
  return std::ranges::find(barred, node_id) != barred.end();
}

std::vector<Place> Settings::places() const {
  if (const auto* committer = std::get_if<CommitterOrder>(&order)) return committer->places;
  const auto& homes = std::get<LogOrder>(order).homes;
  return {homes.begin(), homes.end()};
}

void Settings::prune(std::optional<WallTime> now) {
  if (!now) return;
  const std::uint64_t now_s = now->unix_ms / 1'000;
  std::erase_if(used, [&](const UsedKeyPackage& one) { return one.not_after_s < now_s; });
  std::erase_if(
      revoked, [&](const RevokedInvitation& one) { return one.not_after_s != 0 && one.not_after_s < now_s; });
}

Status check(const Settings& settings) {
  const auto fits = [](std::chrono::seconds time) { return time.count() >= 0 && time.count() <= UINT32_MAX; };
  const auto* committer = std::get_if<CommitterOrder>(&settings.order);
  if (!fits(settings.expires) || (committer != nullptr && !fits(committer->takeover))) return bad_settings();
  if (!decode_settings(encode(settings))) return bad_settings();
  return {};
}

Status apply(const SettingsChange& change, Settings& settings) {
  if (change.order) settings.order = *change.order;
  if (change.expires) settings.expires = *change.expires;
  if (change.name) settings.name = *change.name;
  return check(settings);
}

Bytes encode(const Settings& settings) {
  return wire::written([&](wire::Writer& out) {
    out.u8(kSettingsFormat).raw(settings.log_id.view()).raw(settings.wrap_key.view());
    write_order(out, settings.order);
    out.u32(settings.moves).u64(settings.log_epoch);
    out.u32(static_cast<std::uint32_t>(settings.expires.count())).vector(as_bytes(settings.name));
    out.list(settings.used, [](wire::Writer& inner, const UsedKeyPackage& one) {
      inner.vector(one.ref.hash.view()).u64(one.not_after_s);
    });
    out.list(settings.revoked, [](wire::Writer& inner, const RevokedInvitation& one) {
      inner.raw(one.id.view()).u64(one.not_after_s);
    });
    write_node_ids(out, settings.barred);
    wire::write_extensions(out, settings.extensions);
  });
}

Result<Settings> decode_settings(ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_TRY(const std::uint8_t format, in.u8());
  if (format != kSettingsFormat) return fail(Errc::incompatible, reasons::kBadSettings);
  Settings settings;
  TAUT_TRY(settings.log_id, in.value<LogId>());
  TAUT_TRY(settings.wrap_key, in.value<WrapKeyBytes>());
  TAUT_TRY(settings.order, read_order(in));
  TAUT_TRY(settings.moves, in.u32());
  TAUT_TRY(settings.log_epoch, in.u64());
  if (settings.moves >= 1U << (64 - kLogPositionBits)) return bad_settings();
  TAUT_TRY(const std::uint32_t expires_s, in.u32());
  settings.expires = std::chrono::seconds(expires_s);
  TAUT_TRY(const ByteView name, in.vector(identity::kNameBytesMax));
  if (!is_utf8_line(name)) return bad_settings();
  settings.name = as_text(name);
  TAUT_CHECK(read_lists(in, settings));
  return settings;
}

Result<Settings> settings_of(const mls::Extensions& extensions) {
  const Bytes* data = extensions.find(introduction::kTopicExtension);
  if (data == nullptr) return bad_settings();
  return decode_settings(*data);
}

bool is_move(const Settings& before, const Settings& next) {
  const auto* from = std::get_if<LogOrder>(&before.order);
  const auto* to = std::get_if<LogOrder>(&next.order);
  return from != nullptr && to != nullptr && from->homes.front().node_id != to->homes.front().node_id;
}

void move_log(Settings& next, std::uint64_t next_epoch, Random& random) {
  next.log_id = random.make<LogId>();
  next.log_epoch = next_epoch;
  ++next.moves;
}

bool may_follow(const Settings& before, const Settings& next, std::uint64_t next_epoch) {
  if (next.wrap_key != before.wrap_key || next.order.index() != before.order.index()) return false;
  const bool is_same_log =
      next.log_id == before.log_id && next.moves == before.moves && next.log_epoch == before.log_epoch;
  if (!is_move(before, next)) return is_same_log;
  return next.log_id != before.log_id && next.moves == before.moves + 1 && next.log_epoch == next_epoch;
}

}  // namespace taut::topic
