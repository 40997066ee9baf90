#include "node/device_viewers.hpp"

#include "frame/limits.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::node {

Result<std::vector<NodeId>> device_viewers(Transaction& transaction) {
  TAUT_TRY(const std::optional<SecretBytes> value, transaction.value(ValueKey::device_viewers));
  std::vector<NodeId> viewers;
  if (!value) return viewers;
  for (wire::Reader in(value->expose()); !in.empty();) {
    const auto node = in.value<NodeId>();
    if (!node || viewers.size() == frame::kViewersMax) return fail(Errc::malformed, reasons::kDamagedState);
    viewers.push_back(*node);
  }
  return viewers;
}

Status set_sight(Transaction& transaction, const std::vector<NodeId>& nodes, Sight sight) {
  TAUT_TRY(std::vector<NodeId> viewers, device_viewers(transaction));
  for (const NodeId& node : nodes) {
    const auto place = std::ranges::lower_bound(viewers, node);
    const bool is_there = place != viewers.end() && *place == node;
    if (sight == Sight::hidden && is_there) viewers.erase(place);
    if (sight == Sight::shown && !is_there) viewers.insert(place, node);
  }
  if (viewers.size() > frame::kViewersMax) return fail(Errc::exhausted, reasons::kFull);
  Bytes bytes;
  for (const NodeId& node : viewers) append(bytes, node.view());
  return transaction.set_value(ValueKey::device_viewers, bytes);
}

}  // namespace taut::node
