#include "node/progress.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::node {

namespace {

constexpr std::uint8_t kProgressFormat = 1;
constexpr std::string_view kStateLabel = "State";
constexpr std::size_t kToldMax = 64;

void write_record(wire::Writer& out, const StateRecord& record) {
  out.raw(record.incarnation.view()).u64(record.sequence);
}

Result<StateRecord> read_record(wire::Reader& in) {
  StateRecord record;
  TAUT_TRY(record.incarnation, in.value<Incarnation>());
  TAUT_TRY(record.sequence, in.u64());
  return record;
}

Status read_format(wire::Reader& in) {
  TAUT_TRY(const std::uint8_t format, in.u8());
  if (format != kProgressFormat) return fail(Errc::incompatible, reasons::kFutureState);
  return {};
}

Result<Progress> parse_progress(ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_CHECK(read_format(in));
  Progress progress;
  TAUT_TRY(progress.current, read_record(in));
  TAUT_TRY(const bool has_before, in.present());
  if (has_before) {
    TAUT_TRY(progress.before, read_record(in));
  }
  TAUT_TRY(progress.told, in.list([](wire::Reader& one) { return one.value<NodeId>(); }, kToldMax));
  TAUT_CHECK(in.finish());
  return progress;
}

Result<Notice> parse_notice(ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_CHECK(read_format(in));
  Notice notice;
  TAUT_TRY(const std::uint8_t copy, in.u8());
  if (copy > static_cast<std::uint8_t>(Copy::second)) return malformed();
  notice.copy = static_cast<Copy>(copy);
  TAUT_TRY(notice.dispatcher, in.value<NodeId>());
  TAUT_TRY(notice.at.unix_ms, in.u64());
  TAUT_CHECK(in.finish());
  return notice;
}

template <class Value>
Result<Value> damaged_unless_read(Result<Value> parsed) {
  if (parsed || parsed.error().code == Errc::incompatible) return parsed;
  return fail(Errc::malformed, reasons::kDamagedState);
}

}  // namespace

Result<Bytes> signed_record(const StateRecord& record, const crypto::SignatureKeyPair& key) {
  const Bytes tbs = wire::written([&](wire::Writer& out) { write_record(out.u8(kProgressFormat), record); });
  TAUT_TRY(const crypto::Signature signature,
           crypto::sign_with_label(key, crypto::kTautPrefix, kStateLabel, tbs));
  return wire::written([&](wire::Writer& out) { out.vector(tbs).vector(signature.view()); });
}

Result<StateRecord> parse_state_record(ByteView bytes, const crypto::SignaturePublic& key) {
  wire::Reader in(bytes);
  TAUT_TRY(const ByteView tbs, in.vector());
  TAUT_TRY(const ByteView signature, in.vector());
  TAUT_CHECK(in.finish());
  TAUT_CHECK(crypto::verify_with_label(key, crypto::kTautPrefix, kStateLabel, tbs, signature));
  wire::Reader inside(tbs);
  TAUT_CHECK(read_format(inside));
  TAUT_TRY(const StateRecord record, read_record(inside));
  TAUT_CHECK(inside.finish());
  return record;
}

Result<Progress> load_progress(Transaction& transaction) {
  TAUT_TRY(const std::optional<SecretBytes> value, transaction.value(ValueKey::progress));
  if (!value) return fail(Errc::malformed, reasons::kDamagedState);
  return damaged_unless_read(parse_progress(value->expose()));
}

Status save_progress(Transaction& transaction, const Progress& progress) {
  return transaction.set_value(
      ValueKey::progress, wire::written([&](wire::Writer& out) {
        write_record(out.u8(kProgressFormat), progress.current);
        out.present(progress.before.has_value());
        if (progress.before) write_record(out, *progress.before);
        out.list(progress.told, [](wire::Writer& inner, const NodeId& one) { inner.raw(one.view()); });
      }));
}

Status begin_incarnation(Transaction& transaction, Random& random) {
  TAUT_TRY(const std::optional<SecretBytes> value, transaction.value(ValueKey::progress));
  Progress fresh{{random.make<Incarnation>(), 0}, std::nullopt, {}};
  if (value) {
    TAUT_TRY(const Progress old, damaged_unless_read(parse_progress(value->expose())));
    fresh.before = old.current;
  }
  return save_progress(transaction, fresh);
}

Copy judge(const Progress& progress, const StateRecord& found, const NodeId& dispatcher) {
  if (found.incarnation == progress.current.incarnation)
    return found.sequence > progress.current.sequence ? Copy::rolled_back : Copy::none;
  // A dispatcher that has had ours, and has another's now: that one lives beside us.
  if (std::ranges::find(progress.told, dispatcher) != progress.told.end()) return Copy::second;
  const std::optional<StateRecord>& before = progress.before;
  const bool is_from_before = before && found.incarnation == before->incarnation;
  return is_from_before && found.sequence > before->sequence ? Copy::rolled_back : Copy::none;
}

Result<std::optional<Notice>> last_notice(Transaction& transaction) {
  TAUT_TRY(const std::optional<SecretBytes> value, transaction.value(ValueKey::notice));
  if (!value) return std::nullopt;
  TAUT_TRY(const Notice notice, damaged_unless_read(parse_notice(value->expose())));
  return notice;
}

Status save_notice(Transaction& transaction, const Notice& notice) {
  return transaction.set_value(
      ValueKey::notice, wire::written([&](wire::Writer& out) {
        out.u8(kProgressFormat).u8(static_cast<std::uint8_t>(notice.copy)).raw(notice.dispatcher.view());
        out.u64(notice.at.unix_ms);
      }));
}

}  // namespace taut::node
