#include "topic/wish.hpp"

#include "base/overloaded.hpp"

namespace taut::topic {

namespace {

constexpr std::size_t kWishBytesMax = introduction::kIntroductionBytesMax + 64 * 1024;

void write_change(wire::Writer& out, const SettingsChange& change) {
  // Only what a change can name travels; the rest of this carrier is empty.
  Settings carrier;
  carrier.order = change.order.value_or(Order(CommitterOrder{{NodeId{}}, std::chrono::seconds(1), {}}));
  carrier.expires = change.expires.value_or(std::chrono::seconds(0));
  carrier.name = change.name.value_or("");
  out.present(change.order.has_value()).present(change.expires.has_value()).present(change.name.has_value());
  out.vector(encode(carrier));
}

Result<SettingsChange> read_change(wire::Reader& in) {
  TAUT_TRY(const bool has_order, in.present());
  TAUT_TRY(const bool has_expires, in.present());
  TAUT_TRY(const bool has_name, in.present());
  TAUT_TRY(const ByteView carrier_bytes, in.vector());
  TAUT_TRY(Settings carrier, decode_settings(carrier_bytes));
  SettingsChange change;
  if (has_order) change.order = std::move(carrier.order);
  if (has_expires) change.expires = carrier.expires;
  if (has_name) change.name = std::move(carrier.name);
  return change;
}

Result<Wish> read_let_in(wire::Reader& in, const LogId& log_id, crypto::SuiteId suite) {
  TAUT_TRY(const std::uint8_t admission, in.u8());
  if (admission > static_cast<std::uint8_t>(Admission::returned)) return bad_records();
  TAUT_TRY(const ByteView bytes, in.vector());
  TAUT_TRY(introduction::Introduction introduction, introduction::read_introduction(bytes, log_id, suite));
  return Wish{LetIn{std::move(introduction), to_bytes(bytes), static_cast<Admission>(admission)}, {}};
}

Result<Wish> read_put_out(wire::Reader& in) {
  TAUT_TRY(const NodeId node_id, in.value<NodeId>());
  TAUT_TRY(const std::uint8_t after, in.u8());
  TAUT_TRY(const std::uint8_t cause, in.u8());
  if (after > static_cast<std::uint8_t>(AfterRemoval::barred) ||
      cause > static_cast<std::uint8_t>(Cause::leaving))
    return bad_records();
  return Wish{PutOut{node_id, static_cast<AfterRemoval>(after), static_cast<Cause>(cause)}, {}};
}

Result<Wish> read_wish(wire::Reader& in, const LogId& log_id, crypto::SuiteId suite) {
  TAUT_TRY(const std::uint8_t kind, in.u8());
  switch (kind) {
    case 0:
      return read_let_in(in, log_id, suite);
    case 1:
      return read_put_out(in);
    case 2: {
      TAUT_TRY(const NodeId node_id, in.value<NodeId>());
      return Wish{Unbar{node_id}, {}};
    }
    case 3:
      return Wish{Renew{}, {}};
    case 4: {
      TAUT_TRY(SettingsChange change, read_change(in));
      return Wish{Change{std::move(change)}, {}};
    }
    case 5: {
      TAUT_TRY(const InvitationId id, in.value<InvitationId>());
      TAUT_TRY(const std::uint64_t not_after_s, in.u64());
      return Wish{Revoke{{id, not_after_s}}, {}};
    }
    default:
      return bad_records();
  }
}

}  // namespace

bool Wish::is_duty() const {
  if (const auto* let_in = std::get_if<LetIn>(&what)) return let_in->admission == Admission::returned;
  const auto* put_out = std::get_if<PutOut>(&what);
  return put_out != nullptr && put_out->cause == Cause::leaving;
}

SecretBytes Wish::save() const {
  return mls::secret_written(kWishBytesMax, [&](wire::Writer& out) {
    out.u8(static_cast<std::uint8_t>(what.index()));
    std::visit(
        Overloaded{
            [&](const LetIn& one) { out.u8(static_cast<std::uint8_t>(one.admission)).vector(one.bytes); },
            [&](const PutOut& one) {
              out.raw(one.node_id.view()).u8(static_cast<std::uint8_t>(one.after));
              out.u8(static_cast<std::uint8_t>(one.cause));
            },
            [&](const Unbar& one) { out.raw(one.node_id.view()); },
            [&](const Renew&) {},
            [&](const Change& one) { write_change(out, one.change); },
            [&](const Revoke& one) { out.raw(one.invitation.id.view()).u64(one.invitation.not_after_s); },
        },
        what);
  });
}

Result<Wish> load_wish(ByteView saved, const LogId& log_id, crypto::SuiteId suite) {
  wire::Reader in(saved);
  TAUT_TRY(Wish wish, read_wish(in, log_id, suite));
  TAUT_CHECK(in.finish());
  return wish;
}

Undone undone(const Wish& wish, Reason reason) {
  return std::visit(
      Overloaded{
          [&](const LetIn& one) { return Undone{Undone::What::welcome, one.introduction.node_id(), reason}; },
          [&](const PutOut& one) { return Undone{Undone::What::remove, one.node_id, reason}; },
          [&](const Unbar& one) { return Undone{Undone::What::settings, one.node_id, reason}; },
          [&](const Renew&) { return Undone{Undone::What::update, std::nullopt, reason}; },
          [&](const Change&) { return Undone{Undone::What::settings, std::nullopt, reason}; },
          [&](const Revoke&) { return Undone{Undone::What::settings, std::nullopt, reason}; },
      },
      wish.what);
}

}  // namespace taut::topic
