#include "node/topic_carrier.hpp"

#include "mls/record.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::node {

namespace {

constexpr std::uint8_t kCarrierFormat = 1;
/// A topic's own keys begin with a topic::RecordKind, which has no such number.
const Bytes kCarrierKey{0xff};
constexpr std::size_t kFieldBytesMax = 4096;

bool is_carrier(const topic::Record& record) { return record.key == kCarrierKey; }

Result<TopicCarrier> read_carrier(wire::Reader& in) {
  TopicCarrier carrier;
  TAUT_TRY(const std::uint8_t kind, in.u8());
  carrier.kind = static_cast<CarrierKind>(kind);
  if (carrier.kind != CarrierKind::broker && carrier.kind != CarrierKind::pipe) return malformed();
  TAUT_TRY(const ByteView client_id, in.vector(kFieldBytesMax));
  carrier.client_id = as_text(client_id);
  TAUT_TRY(const ByteView user, in.vector(kFieldBytesMax));
  carrier.user = as_text(user);
  TAUT_TRY(const ByteView password, in.vector(kFieldBytesMax));
  carrier.password = SecretBytes(password);
  TAUT_TRY(const ByteView ca_file, in.vector(kFieldBytesMax));
  carrier.ca_file = as_text(ca_file);
  TAUT_CHECK(in.finish());
  return carrier;
}

Result<TopicCarrier> parse_carrier(ByteView bytes) {
  wire::Reader in(bytes);
  const Result<std::uint8_t> format = in.u8();
  if (format && *format != kCarrierFormat) return fail(Errc::incompatible, reasons::kFutureState);
  Result<TopicCarrier> carrier = read_carrier(in);
  if (!format || !carrier) return fail(Errc::malformed, reasons::kDamagedState);
  return carrier;
}

}  // namespace

Status put_topic_carrier(Transaction& transaction, RowNumber topic, const TopicCarrier& carrier) {
  const std::size_t room =
      carrier.client_id.size() + carrier.user.size() + carrier.password.size() + carrier.ca_file.size() + 32;
  const SecretBytes saved = mls::secret_written(room, [&](wire::Writer& out) {
    out.u8(kCarrierFormat).u8(static_cast<std::uint8_t>(carrier.kind));
    out.vector(as_bytes(carrier.client_id)).vector(as_bytes(carrier.user));
    out.vector(carrier.password.expose()).vector(as_bytes(carrier.ca_file));
  });
  return transaction.put_topic_record(topic, kCarrierKey, saved.expose());
}

Result<std::optional<TopicCarrier>> topic_carrier(Store& store, RowNumber topic) {
  std::optional<TopicCarrier> found;
  TAUT_CHECK(store.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::vector<topic::Record> records, transaction.topic_records(topic));
    const auto record = std::ranges::find_if(records, is_carrier);
    if (record == records.end()) return {};
    TAUT_TRY(found, parse_carrier(record->value.expose()));
    return {};
  }));
  return found;
}

Result<std::vector<topic::Record>> own_topic_records(Transaction& transaction, RowNumber topic) {
  TAUT_TRY(std::vector<topic::Record> records, transaction.topic_records(topic));
  std::erase_if(records, is_carrier);
  return records;
}

}  // namespace taut::node
