// What a node is and whom it knows: values, sealing keys, contacts, cards, dispatchers.

#include "store/columns.hpp"
#include "store/failure.hpp"
#include "store/node_transaction.hpp"
#include "store/rows.hpp"

namespace taut::store {

using namespace node;

Result<std::optional<SecretBytes>> NodeTransaction::value(ValueKey key) {
  TAUT_TRY(Query query, database_.query("SELECT value FROM value WHERE key = ?", static_cast<int>(key)));
  return first_row<SecretBytes>(query, [&] { return SecretBytes(query.bytes(0)); });
}

Status NodeTransaction::set_value(ValueKey key, ByteView value) {
  return database_.run("INSERT INTO value VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                       static_cast<int>(key), value);
}

Result<std::vector<SealingKeyRow>> NodeTransaction::sealing_keys() {
  TAUT_TRY(Query query, database_.query("SELECT number, key FROM sealing_key ORDER BY number"));
  return all_rows<SealingKeyRow>(query,
                                 [&] { return SealingKeyRow{query.u64(0), SecretBytes(query.bytes(1))}; });
}

Result<SealingKeyNumber> NodeTransaction::add_sealing_key(ByteView key) {
  TAUT_CHECK(database_.run("INSERT INTO sealing_key (key) VALUES (?)", key));
  return new_row();
}

Status NodeTransaction::erase_sealing_key(SealingKeyNumber number) {
  return database_.run("DELETE FROM sealing_key WHERE number = ?", number);
}

Result<std::vector<NodeId>> NodeTransaction::nodes_of(std::int64_t contact) {
  TAUT_TRY(Query query,
           database_.query("SELECT node FROM contact_node WHERE contact = ? ORDER BY place", contact));
  return all_rows<NodeId>(query, [&] { return query.value<NodeId>(0); });
}

Result<ContactRow> NodeTransaction::contact_in(const Query& query) {
  TAUT_TRY(std::vector<NodeId> nodes, nodes_of(query.i64(0)));
  const auto verification = query.i64(2) == 0 ? Verification::unverified : Verification::verified;
  return ContactRow{std::string(query.text(1)), verification, std::move(nodes)};
}

Result<std::vector<ContactRow>> NodeTransaction::contacts() {
  TAUT_TRY(Query query, database_.query("SELECT id, petname, verification FROM contact ORDER BY petname"));
  return all_rows<ContactRow>(query, [&] { return contact_in(query); });
}

Result<std::optional<ContactRow>> NodeTransaction::contact(std::string_view petname) {
  TAUT_TRY(Query query,
           database_.query("SELECT id, petname, verification FROM contact WHERE petname = ?", petname));
  return first_row<ContactRow>(query, [&] { return contact_in(query); });
}

Result<std::optional<ContactRow>> NodeTransaction::contact_of(const NodeId& node) {
  TAUT_TRY(Query query, database_.query("SELECT id, petname, verification FROM contact"
                                        " WHERE id = (SELECT contact FROM contact_node WHERE node = ?)",
                                        node));
  return first_row<ContactRow>(query, [&] { return contact_in(query); });
}

Status NodeTransaction::put_contact(const ContactRow& contact) {
  TAUT_CHECK(erase_contact(contact.petname));
  TAUT_CHECK(database_.run("INSERT INTO contact (petname, verification) VALUES (?, ?)",
                           std::string_view(contact.petname), static_cast<int>(contact.verification)));
  const std::int64_t id = database_.last_row();
  for (std::size_t place = 0; place < contact.nodes.size(); ++place)
    TAUT_CHECK(database_.run("INSERT INTO contact_node VALUES (?, ?, ?)", contact.nodes[place], id, place));
  return {};
}

Status NodeTransaction::erase_contact(std::string_view petname) {
  return database_.run("DELETE FROM contact WHERE petname = ?", petname);
}

Result<std::optional<Bytes>> NodeTransaction::card(const NodeId& node) {
  TAUT_TRY(Query query, database_.query("SELECT card FROM card WHERE node = ?", node));
  return first_row<Bytes>(query, [&] { return to_bytes(query.bytes(0)); });
}

Status NodeTransaction::put_card(const NodeId& node, ByteView card) {
  return database_.run(
      "INSERT INTO card (node, card) VALUES (?, ?)"
      " ON CONFLICT (node) DO UPDATE SET card = excluded.card",
      node, card);
}

Status NodeTransaction::erase_card(const NodeId& node) {
  return database_.run("DELETE FROM card WHERE node = ?", node);
}

Result<std::optional<Bytes>> NodeTransaction::token(const NodeId& node) {
  TAUT_TRY(Query query, database_.query("SELECT token FROM token WHERE node = ?", node));
  return first_row<Bytes>(query, [&] { return to_bytes(query.bytes(0)); });
}

Status NodeTransaction::put_token(const NodeId& node, ByteView token) {
  return database_.run("INSERT INTO token VALUES (?, ?) ON CONFLICT DO UPDATE SET token = excluded.token",
                       node, token);
}

Status NodeTransaction::erase_token(const NodeId& node) {
  return database_.run("DELETE FROM token WHERE node = ?", node);
}

Result<std::vector<DispatcherRow>> NodeTransaction::dispatchers() {
  TAUT_TRY(Query query, database_.query("SELECT node, record FROM dispatcher ORDER BY id"));
  return all_rows<DispatcherRow>(query, [&]() -> Result<DispatcherRow> {
    TAUT_TRY(const NodeId node, query.value<NodeId>(0));
    return DispatcherRow{node, to_bytes(query.bytes(1))};
  });
}

Status NodeTransaction::put_dispatcher(const DispatcherRow& dispatcher) {
  return database_.run(
      "INSERT INTO dispatcher (node, record) VALUES (?, ?)"
      " ON CONFLICT (node) DO UPDATE SET record = excluded.record",
      dispatcher.node_id, dispatcher.record);
}

Status NodeTransaction::erase_dispatcher(const NodeId& node) {
  return database_.run("DELETE FROM dispatcher WHERE node = ?", node);
}

}  // namespace taut::store
