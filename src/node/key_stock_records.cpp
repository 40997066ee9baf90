#include "node/key_stock_records.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::node {

namespace {

constexpr std::uint8_t kKeyStocksFormat = 1;
/// A hash, of whichever suite.
constexpr std::size_t kKeyPackageRefBytesMax = 64;

Result<KeyStockRecord> read_key_stock(wire::Reader& in) {
  KeyStockRecord stock;
  TAUT_TRY(stock.dispatcher, in.value<NodeId>());
  TAUT_TRY(stock.batch, in.u64());
  TAUT_TRY(const std::uint8_t restock, in.u8());
  if (restock > static_cast<std::uint8_t>(frame::Restock::replace)) return malformed();
  stock.restock = static_cast<frame::Restock>(restock);
  TAUT_TRY(stock.renewed.unix_ms, in.u64());
  const auto read_ref = [](wire::Reader& inner) -> Result<Bytes> {
    TAUT_TRY(const ByteView ref, inner.vector(kKeyPackageRefBytesMax));
    return to_bytes(ref);
  };
  TAUT_TRY(stock.under_way, in.list(read_ref, frame::kOffersMax));
  return stock;
}

Result<KeyStockRecords> read_key_stocks(ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_TRY(const std::uint8_t format, in.u8());
  if (format != kKeyStocksFormat) return fail(Errc::incompatible, reasons::kFutureState);
  KeyStockRecords stocks;
  TAUT_TRY(stocks.list, in.list(read_key_stock, kKeyStocksMax));
  TAUT_CHECK(in.finish());
  return stocks;
}

}  // namespace

KeyStockRecord KeyStockRecords::of(const NodeId& dispatcher) const {
  const auto found = std::ranges::find(list, dispatcher, &KeyStockRecord::dispatcher);
  if (found != list.end()) return *found;
  KeyStockRecord empty;
  empty.dispatcher = dispatcher;
  return empty;
}

void KeyStockRecords::put(const KeyStockRecord& stock) {
  std::erase_if(list, [&](const KeyStockRecord& one) { return one.dispatcher == stock.dispatcher; });
  if (list.size() == kKeyStocksMax) list.erase(list.begin());
  list.push_back(stock);
}

Result<KeyStockRecords> load_key_stocks(Transaction& transaction) {
  TAUT_TRY(const std::optional<SecretBytes> value, transaction.value(ValueKey::key_stocks));
  if (!value) return KeyStockRecords{};
  Result<KeyStockRecords> stocks = read_key_stocks(value->expose());
  if (!stocks && stocks.error().code != Errc::incompatible)
    return fail(Errc::malformed, reasons::kDamagedState);
  return stocks;
}

Status save_key_stocks(Transaction& transaction, const KeyStockRecords& stocks) {
  return transaction.set_value(
      ValueKey::key_stocks, wire::written([&](wire::Writer& out) {
        out.u8(kKeyStocksFormat);
        out.list(stocks.list, [](wire::Writer& inner, const KeyStockRecord& one) {
          inner.raw(one.dispatcher.view()).u64(one.batch);
          inner.u8(static_cast<std::uint8_t>(one.restock)).u64(one.renewed.unix_ms);
          inner.list(one.under_way, [](wire::Writer& ref, const Bytes& bytes) { ref.vector(bytes); });
        });
      }));
}

}  // namespace taut::node
