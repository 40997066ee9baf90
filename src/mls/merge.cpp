#include "mls/merge.hpp"

#include "mls/saved_group.hpp"

namespace taut::mls {

namespace {

void touch_tree(const RatchetTree& tree, const TreeChanges& changes, Journal& journal) {
  for (const NodeIndex node : changes.changed_nodes()) journal.touch(node_record(node));
  for (NodeIndex node(changes.kept.node_count()); tree.size().contains(node); ++node.value)
    if (!tree.is_blank(node)) journal.touch(node_record(node));
}

/// A proposal is worth sending again unless the new epoch made it void.
bool is_void(const Proposal& proposal, const GroupState& group, const CommitEffects& effects) {
  if (const auto* remove = proposal.as<Remove>()) {
    const bool is_somebody_else = std::ranges::find(effects.added, remove->removed) != effects.added.end();
    return is_somebody_else || group.tree.leaf(remove->removed) == nullptr;
  }
  if (const auto* add = proposal.as<Add>())
    return group.tree.find_signature_key(add->key_package.leaf_node.signature_key.view()).has_value();
  return proposal.as<ExternalInit>() != nullptr;
}

/// Own proposals that did not make it into the epoch that begins.
std::vector<Proposal> collect_lost(GroupState& group, const CommitChanges& changes) {
  std::vector<Proposal> lost;
  const auto is_covered = [&](const ProposalRef& ref) {
    return std::ranges::find(changes.covered, ref) != changes.covered.end();
  };
  for (PendingProposal& one : group.proposals.take_all(group.journal)) {
    const bool is_refreshed = changes.is_own && one.proposal.as<Update>() != nullptr;
    if (one.own && !is_covered(one.ref) && !is_refreshed) lost.push_back(std::move(one.proposal));
  }
  if (!changes.is_own && group.pending) {
    for (ProposalOrRef& one : std::get<Commit>(group.pending->content.content.content.value).proposals)
      if (auto* proposal = std::get_if<Proposal>(&one.value)) lost.push_back(std::move(*proposal));
  }
  return lost;
}

void begin_next_epoch(GroupState& group, CommitChanges::Next next, const Time& now) {
  Journal& journal = group.journal;
  touch_tree(group.tree, next.tree, journal);
  const std::uint64_t ended = group.epoch.context.epoch;
  group.resumption_psks.add(ended, std::move(group.epoch.secrets.resumption_psk),
                            group.settings.resumption_psks_max, journal);
  group.past.add(std::move(group.epoch), group.tree, &next.tree, group.settings, now, journal);
  group.tree.apply(std::move(next.tree));
  group.private_tree = std::move(next.own.private_tree);
  if (next.own.signature_key) group.signature_key = *std::move(next.own.signature_key);
  group.epoch = std::move(next.epoch);
  for (const RecordKey& key : group.epoch.secret_tree.record_keys()) journal.touch(key);
}

/// Nothing of the group's secrets stays but what opens messages that are under way (§12.4.2).
void leave(GroupState& group, const Time& now) {
  GroupContext context = group.epoch.context;
  const Digest interim = group.epoch.interim_transcript_hash;
  const std::uint64_t epoch = context.epoch;
  group.past.add(std::move(group.epoch), group.tree, nullptr, group.settings, now, group.journal);
  Bytes encoded_context = encoded(context);
  group.epoch = {std::move(context),
                 std::move(encoded_context),
                 interim,
                 {},
                 {},
                 SecretTree::empty(*group.suite, epoch, group.tree.size().leaf_count())};
  group.private_tree.reset();
  group.status = GroupStatus::removed;
}

}  // namespace

Merged merge_changes(GroupState& group, CommitChanges changes, const Time& now) {
  if (changes.handshake_key) group.epoch.secret_tree.consume_at(*changes.handshake_key, group.journal);
  std::vector<Proposal> lost = collect_lost(group, changes);
  group.pending.reset();
  group.reinit = changes.effects.reinit;
  if (changes.next) {
    begin_next_epoch(group, *std::move(changes.next), now);
    if (group.reinit) group.status = GroupStatus::reinitialized;
  } else {
    leave(group, now);
  }
  std::erase_if(lost, [&](const Proposal& one) { return is_void(one, group, changes.effects); });
  for (const RecordKind kind :
       {RecordKind::header, RecordKind::epoch, RecordKind::own, RecordKind::pending_commit})
    group.journal.touch({.kind = kind});
  return {std::move(changes.effects), std::move(lost)};
}

}  // namespace taut::mls
