#include "store/node_table.hpp"

#include "store/columns.hpp"
#include "store/failure.hpp"
#include "store/rows.hpp"

namespace taut::store {

using namespace dispatcher;

namespace {
constexpr std::size_t kKeptMax = 65'536;

// Six columns: messages and bytes of each share.
ShareUsage usage_in(const Query& query, int column) {
  ShareUsage usage;
  for (Usage& share : usage) {
    share = {query.u64(column), query.u64(column + 1)};
    column += 2;
  }
  return usage;
}

}  // namespace

Result<Totals> NodeTable::totals() {
  TAUT_CHECK(flush());
  TAUT_TRY(Query query,
           database_.query("SELECT count(*),"
                           " coalesce(sum(own_messages + known_messages + stranger_messages), 0),"
                           " coalesce(sum(own_bytes + known_bytes + stranger_bytes), 0) FROM node"));
  TAUT_CHECK(query.step());
  return Totals{{query.u64(1), query.u64(2)}, query.u64(0), 0, {}};
}

Result<NodeTable::Kept*> NodeTable::kept(const NodeId& node) {
  if (const auto found = kept_.find(node); found != kept_.end()) return &found->second;
  TAUT_TRY(Query query,
           database_.query("SELECT id, next_number, card_sequence, own_messages, own_bytes, known_messages,"
                           " known_bytes, stranger_messages, stranger_bytes FROM node WHERE node = ?",
                           node));
  TAUT_TRY(const bool is_there, query.step());
  if (!is_there) return nullptr;
  Kept kept{{query.i64(0), {query.u64(1), usage_in(query, 3), query.u64(2), {}}}};
  TAUT_CHECK(read_notes(kept.node));
  return &kept_.emplace(node, std::move(kept)).first->second;
}

Status NodeTable::read_notes(Node& node) {
  TAUT_TRY(Query query, database_.query("SELECT kind, note FROM note WHERE node = ?", node.id));
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return {};
    if (query.u64(0) >= kNoteCount) return fail(Errc::unavailable, reasons::kDamaged);
    node.record.notes[query.u64(0)] = to_bytes(query.bytes(1));
  }
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

Status NodeTable::remove(const NodeId& node) {
  TAUT_CHECK(flush());
  TAUT_TRY(const Node* const found, find(node));
  if (found == nullptr) return {};
  const Id id = found->id;
  kept_.erase(node);
  TAUT_CHECK(database_.run("DELETE FROM card WHERE node = ?", id));
  TAUT_CHECK(database_.run("DELETE FROM note WHERE node = ?", id));
  return database_.run("DELETE FROM node WHERE id = ?", id);
}

Status NodeTable::save_note(const SaveNote& save) {
  TAUT_TRY(Kept* const found, kept(save.node));
  if (found == nullptr) return fail(Errc::misuse, taut::reasons::kMisuse);
  const auto kind = static_cast<std::size_t>(save.kind);
  found->node.record.notes[kind] = save.note;
  if (save.note.empty()) {
    return database_.run("DELETE FROM note WHERE node = ? AND kind = ?", found->node.id, kind);
  }
  return database_.run("INSERT INTO note VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET note = excluded.note",
                       found->node.id, kind, save.note);
}

Result<Listed> NodeTable::list(const ListNodes& list) {
  TAUT_CHECK(flush());
  Listed listed;
  TAUT_TRY(Query query,
           database_.query("SELECT node FROM node WHERE ? IS NULL OR node > ? ORDER BY node LIMIT ?",
                           list.after, list.after, column_of(list.count_max + 1)));
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return listed;
    if (listed.rows.size() == list.count_max) {
      listed.rest = Rest::more;
      return listed;
    }
    TAUT_TRY(const NodeId node, query.value<NodeId>(0));
    TAUT_CHECK(describe_one(node, listed));
  }
}

Result<Listed> NodeTable::describe(const DescribeNodes& describe) {
  TAUT_CHECK(flush());
  Listed listed;
  for (const NodeId& node : describe.nodes) TAUT_CHECK(describe_one(node, listed));
  return listed;
}

Status NodeTable::describe_one(const NodeId& node, Listed& listed) {
  TAUT_TRY(Query query,
           database_.query("SELECT own_messages, own_bytes, known_messages, known_bytes, stranger_messages,"
                           " stranger_bytes,"
                           " (SELECT note FROM note WHERE note.node = node.id AND kind = ?)"
                           " FROM node WHERE node = ?",
                           static_cast<int>(NoteKind::device), node));
  TAUT_TRY(const bool is_there, query.step());
  if (!is_there) return {};
  NodeRow row{node, usage_in(query, 0), std::nullopt, to_bytes(query.bytes(6))};
  listed.rows.push_back(std::move(row));
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

Result<std::vector<NodeId>> NodeTable::lapsed(std::size_t count_max) {
  TAUT_CHECK(flush());
  TAUT_TRY(Query query, database_.query("SELECT node FROM node WHERE card_sequence <> 0"
                                        " AND own_messages + known_messages + stranger_messages = 0"
                                        " AND NOT EXISTS (SELECT 1 FROM card WHERE card.node = node.id)"
                                        " ORDER BY node LIMIT ?",
                                        column_of(count_max)));
  return all_rows<NodeId>(query, [&] { return query.value<NodeId>(0); });
}

Result<std::uint64_t> NodeTable::expire_cards(WallTime now, std::size_t count_max) {
  TAUT_CHECK(
      database_.run("DELETE FROM card WHERE node IN"
                    " (SELECT node FROM card WHERE expires <= ? ORDER BY expires LIMIT ?)",
                    column_of(now), column_of(count_max)));
  return database_.changed_rows();
}

}  // namespace taut::store
