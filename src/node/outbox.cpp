#include "node/outbox.hpp"

namespace taut::node {

namespace {
constexpr std::size_t kPage = 64;
}

Result<std::vector<Waiting>> outbox(Store& store) {
  std::vector<Waiting> all;
  TAUT_CHECK(store.read([&](Transaction& transaction) -> Status {
    for (RowNumber after = 0;;) {
      TAUT_TRY(const std::vector<OutgoingRow> page, transaction.outgoing(after, kPage));
      if (page.empty()) return {};
      for (const OutgoingRow& row : page)
        if (row.until != Until::nothing)
          all.push_back({row.number, row.message_id, row.recipient, row.created, row.envelope.size(),
                         row.stage, row.expires, row.until});
      after = page.back().number;
    }
  }));
  return all;
}

Status drop(Store& store, RowNumber number) {
  return store.write([&](Transaction& transaction) { return transaction.erase_outgoing(number); });
}

}  // namespace taut::node
