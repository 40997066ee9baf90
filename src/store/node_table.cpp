#include "store/node_table.hpp"

#include "store/columns.hpp"
#include "store/failure.hpp"

namespace taut::store {

using namespace dispatcher;

namespace {
constexpr std::size_t kKeptMax = 65'536;
}

Result<Totals> NodeTable::totals() {
  TAUT_CHECK(flush());
  TAUT_TRY(Query query,
           database_.query("SELECT count(*),"
                           " coalesce(sum(own_messages + known_messages + stranger_messages), 0),"
                           " coalesce(sum(own_bytes + known_bytes + stranger_bytes), 0) FROM node"));
  TAUT_CHECK(query.step());
  return Totals{{query.u64(1), query.u64(2)}, query.u64(0)};
}

Result<NodeTable::Kept*> NodeTable::kept(const NodeId& node) {
  if (const auto found = kept_.find(node); found != kept_.end()) return &found->second;
  TAUT_TRY(Query query,
           database_.query("SELECT id, next_number, card_sequence, own_messages, own_bytes, known_messages,"
                           " known_bytes, stranger_messages, stranger_bytes FROM node WHERE node = ?",
                           node));
  TAUT_TRY(const bool is_there, query.step());
  if (!is_there) return nullptr;
  Kept kept{{query.i64(0), {query.u64(1), {}, query.u64(2)}}};
  for (std::size_t share = 0; share < kShareCount; ++share) {
    const int column = 3 + 2 * static_cast<int>(share);
    kept.node.record.usage[share] = {query.u64(column), query.u64(column + 1)};
  }
  return &kept_.emplace(node, kept).first->second;
}

Result<const NodeTable::Node*> NodeTable::find(const NodeId& node) {
  TAUT_TRY(const Kept* const found, kept(node));
  return found == nullptr ? nullptr : &found->node;
}

Result<NodeId> NodeTable::name_of(Id id) {
  TAUT_TRY(Query query, database_.query("SELECT node FROM node WHERE id = ?", id));
  TAUT_TRY(const bool is_there, query.step());
  if (!is_there) return fail(Errc::unavailable, reasons::kDamaged);
  return query.value<NodeId>(0);
}

Status NodeTable::add(const NodeId& node) {
  return database_.run("INSERT INTO node VALUES (NULL, ?, 1, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING",
                       node);
}

Result<NodeRecord*> NodeTable::change(const NodeId& node) {
  TAUT_TRY(Kept* const found, kept(node));
  if (found == nullptr) return fail(Errc::unavailable, reasons::kDamaged);
  if (!std::exchange(found->is_changed, true)) changed_.push_back(found);
  return &found->node.record;
}

Status NodeTable::flush() {
  for (Kept* const kept : std::exchange(changed_, {})) {
    kept->is_changed = false;
    const NodeRecord& record = kept->node.record;
    const auto& [own, known, stranger] = record.usage;
    TAUT_CHECK(
        database_.run("UPDATE node SET next_number = ?, card_sequence = ?,"
                      " own_messages = ?, own_bytes = ?, known_messages = ?, known_bytes = ?,"
                      " stranger_messages = ?, stranger_bytes = ? WHERE id = ?",
                      record.next_number, record.card_sequence, own.messages, own.bytes, known.messages,
                      known.bytes, stranger.messages, stranger.bytes, kept->node.id));
  }
  if (kept_.size() > kKeptMax) kept_.clear();
  return {};
}

Status NodeTable::save_card(const SaveCard& save) {
  TAUT_TRY(const Node* const node, find(save.node));
  if (node == nullptr) return fail(Errc::misuse, taut::reasons::kMisuse);
  TAUT_CHECK(
      database_.run("INSERT INTO card VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
                    " expires = excluded.expires, card = excluded.card",
                    node->id, column_of(save.expires), save.card));
  TAUT_TRY(NodeRecord* const record, change(save.node));
  record->card_sequence = save.sequence;
  return {};
}

Result<std::optional<Bytes>> NodeTable::load_card(const NodeId& node) {
  TAUT_TRY(Query query,
           database_.query("SELECT card FROM card WHERE node = (SELECT id FROM node WHERE node = ?)", node));
  TAUT_TRY(const bool is_there, query.step());
  if (!is_there) return std::nullopt;
  return to_bytes(query.bytes(0));
}

Result<std::uint64_t> NodeTable::expire_cards(WallTime now, std::size_t count_max) {
  TAUT_CHECK(
      database_.run("DELETE FROM card WHERE node IN"
                    " (SELECT node FROM card WHERE expires <= ? ORDER BY expires LIMIT ?)",
                    column_of(now), column_of(count_max)));
  return database_.changed_rows();
}

}  // namespace taut::store
