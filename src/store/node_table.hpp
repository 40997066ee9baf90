#pragma once
// The nodes of a dispatcher and their cards. Records are read once and changed in memory; each changed
// one is written once a transaction.

#include <map>
#include <vector>

#include "dispatcher/store.hpp"
#include "store/sqlite.hpp"

namespace taut::store {

class NodeTable {
 public:
  using Id = std::int64_t;
  struct Node {
    Id id = 0;
    dispatcher::NodeRecord record;
  };

  explicit NodeTable(Database& database) : database_(database) {}

  Result<dispatcher::Totals> totals();
  /// nullptr: no such node. Valid until flush().
  Result<const Node*> find(const NodeId& node);
  Result<NodeId> name_of(Id id);
  Status add(const NodeId& node);
  /// The node, its card and its notes.
  Status remove(const NodeId& node);

  /// Changes a record; flush() writes it.
  /// @errors unavailable (damaged): no node has this id
  Result<dispatcher::NodeRecord*> change(const NodeId& node);
  Status flush();

  Status save_note(const dispatcher::SaveNote& save);
  Result<dispatcher::Listed> list(const dispatcher::ListNodes& list);
  Result<dispatcher::Listed> describe(const dispatcher::DescribeNodes& describe);

  Status save_card(const dispatcher::SaveCard& save);
  Result<std::optional<Bytes>> load_card(const NodeId& node);
  /// Swept::lapsed.
  Result<std::vector<NodeId>> lapsed(std::size_t count_max);
  /// @return  how many went
  Result<std::uint64_t> expire_cards(WallTime now, std::size_t count_max);

 private:
  struct Kept {
    Node node;
    bool is_changed = false;
  };
  /// nullptr: no such node.
  Result<Kept*> kept(const NodeId& node);
  Status read_notes(Node& node);
  Status describe_one(const NodeId& node, dispatcher::Listed& listed);

  Database& database_;
  std::map<NodeId, Kept> kept_;
  std::vector<Kept*> changed_;
};

}  // namespace taut::store
