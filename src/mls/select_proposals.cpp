#include "mls/select_proposals.hpp"

#include <set>

namespace taut::mls {

Status check_sending(const GroupState& group, const Proposal& proposal, const Time& now) {
  TAUT_CHECK(group.hooks.policy.permits(proposal));
  const Add* add = proposal.as<Add>();
  if (add == nullptr || !now.wall) return {};
  return check_lifetime(add->key_package.leaf_node, now.wall->unix_ms / 1'000,
                        static_cast<std::uint64_t>(group.settings.key_package_lifetime_max.count()));
}

namespace {

/// A commit of this proposal and nothing else would hold. An Add may want a key that another proposal sets
/// free: `has_fresh_keys` judges that.
Status check_alone(const GroupState& group, const PendingProposal& pending) {
  const ListedProposal alone{&pending.proposal, pending.sender, ProposalOrigin::by_reference};
  TreeDiff diff(group.tree);
  TAUT_TRY(const ProposalList list, ProposalList::sort(*group.suite, {group.own_leaf}, {&alone, 1}));
  TAUT_TRY(const AppliedProposals applied,
           apply_proposals(diff, group.epoch.context, list, group.hooks.authentication));
  const Status status = check_tree(diff, applied);
  const bool is_add = pending.proposal.as<Add>() != nullptr;
  return is_add && !status && status.error() == errors::kDuplicateKey ? Status() : status;
}

/// Goes through the proposals from the latest to the first, strongest kinds first, and takes what fits
/// with what was taken.
class Selection {
 public:
  Selection(const GroupState& group, const Time& now, SelectionWidth width)
      : group_(group), now_(now), width_(width) {}

  void take_by_value(const Proposal& proposal) {
    ++count_;
    if (const auto* remove = proposal.as<Remove>()) claimed_.insert(remove->removed);
    if (const auto* add = proposal.as<Add>()) take_keys(add->key_package.leaf_node);
    if (const auto* psk = proposal.as<PreSharedKey>()) psks_.insert(psk->psk);
    if (proposal.as<GroupContextExtensions>() != nullptr) has_extensions_ = true;
    if (proposal.as<ReInit>() != nullptr) has_reinit_ = true;
  }

  void consider(const PendingProposal& pending) {
    Status fits = check_sending(group_, pending.proposal, now_);
    if (fits && (has_reinit_ || !is_permitted(pending.proposal.type()))) fits = unfit();
    if (fits) fits = check_alone(group_, pending);
    if (fits) fits = std::visit([&](const auto& one) { return fit(one, pending); }, pending.proposal.value);
    if (fits) {
      ++count_;
      taken_.insert(pending.ref);
    } else {
      left_out_.emplace_back(pending.ref, fits.error());
    }
  }

  ProposalSelection finish() && {
    ProposalSelection selection{{}, std::move(left_out_)};
    for (const PendingProposal* pending : group_.proposals.list())
      if (taken_.contains(pending->ref)) selection.covered.push_back(pending);
    return selection;
  }

 private:
  static Status unfit() { return refuse(errors::kInvalidProposalList); }

  bool is_permitted(ProposalType type) const {
    switch (width_) {
      case SelectionWidth::all:
        return true;
      case SelectionWidth::without_extensions:
        return type != ProposalType::group_context_extensions;
      case SelectionWidth::removals:
        return type == ProposalType::remove || type == ProposalType::self_remove;
      case SelectionWidth::none:
        return false;
    }
    return false;
  }

  Status claim(LeafIndex leaf) {
    if (leaf == group_.own_leaf || group_.tree.leaf(leaf) == nullptr || !claimed_.insert(leaf).second)
      return unfit();
    return {};
  }

  void take_keys(const LeafNode& leaf) {
    keys_.insert(leaf.encryption_key.bytes);
    keys_.insert(leaf.signature_key.bytes);
  }
  bool has_taken_keys(const LeafNode& leaf) const {
    return keys_.contains(leaf.encryption_key.bytes) || keys_.contains(leaf.signature_key.bytes);
  }
  /// Keys that nobody has, but for members who leave or change with this commit.
  bool has_fresh_keys(const LeafNode& leaf) const {
    if (has_taken_keys(leaf)) return false;
    const auto same = group_.tree.find_signature_key(leaf.signature_key.view());
    return (!same || claimed_.contains(*same)) &&
           !group_.tree.find_encryption_key(leaf.encryption_key.view());
  }

  Status fit(const SelfRemove&, const PendingProposal& pending) {
    const auto* member = std::get_if<MemberSender>(&pending.sender.value);
    return member == nullptr ? unfit() : claim(member->leaf_index);
  }
  Status fit(const Remove& remove, const PendingProposal&) { return claim(remove.removed); }
  Status fit(const Update& update, const PendingProposal& pending) {
    const auto* member = std::get_if<MemberSender>(&pending.sender.value);
    const LeafNode& leaf = update.leaf_node;
    if (member == nullptr || has_taken_keys(leaf)) return unfit();
    TAUT_CHECK(claim(member->leaf_index));
    take_keys(leaf);
    return {};
  }
  Status fit(const Add& add, const PendingProposal&) {
    const LeafNode& leaf = add.key_package.leaf_node;
    if (!has_fresh_keys(leaf)) return unfit();
    take_keys(leaf);
    return {};
  }
  Status fit(const PreSharedKey& proposal, const PendingProposal&) {
    const PskFinder finder{group_.hooks.psks, &group_};
    if (const auto psk = finder.find(proposal.psk); !psk) return std::unexpected(psk.error());
    if (psks_.size() == kPskCountMax || !psks_.insert(proposal.psk).second) return unfit();
    return {};
  }
  Status fit(const GroupContextExtensions&, const PendingProposal&) {
    if (std::exchange(has_extensions_, true)) return unfit();
    return {};
  }
  Status fit(const ReInit&, const PendingProposal&) {
    if (count_ != 0) return unfit();
    has_reinit_ = true;
    return {};
  }
  Status fit(const ExternalInit&, const PendingProposal&) { return unfit(); }
  Status fit(const CustomProposal&, const PendingProposal&) { return {}; }

  const GroupState& group_;
  const Time& now_;
  SelectionWidth width_;
  std::set<ProposalRef> taken_;
  std::vector<std::pair<ProposalRef, Error>> left_out_;
  std::set<LeafIndex> claimed_;
  std::set<Bytes> keys_;
  std::set<PreSharedKeyId> psks_;
  bool has_extensions_ = false;
  bool has_reinit_ = false;
  std::size_t count_ = 0;
};

/// Removals first, so that an Add may bring back a client that one of them takes out; ReInit last.
constexpr int kLastRank = 4;
int rank(const Proposal& proposal) {
  switch (proposal.type()) {
    case ProposalType::self_remove:
      return 0;
    case ProposalType::remove:
      return 1;
    case ProposalType::update:
      return 2;
    case ProposalType::reinit:
      return kLastRank;
    default:
      return 3;
  }
}

}  // namespace

ProposalSelection select_proposals(const GroupState& group, const std::vector<Proposal>& by_value,
                                   const Time& now, SelectionWidth width) {
  Selection selection(group, now, width);
  for (const Proposal& proposal : by_value) selection.take_by_value(proposal);
  std::vector<const PendingProposal*> latest_first = group.proposals.list();
  std::ranges::reverse(latest_first);
  for (int at = 0; at <= kLastRank; ++at)
    for (const PendingProposal* pending : latest_first)
      if (rank(pending->proposal) == at) selection.consider(*pending);
  return std::move(selection).finish();
}

}  // namespace taut::mls
