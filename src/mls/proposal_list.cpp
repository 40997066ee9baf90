#include "mls/proposal_list.hpp"

#include <set>

#include "mls/psk.hpp"

namespace taut::mls {

namespace {

class Sorter {
 public:
  Sorter(const Suite& suite, const Committer& committer) : suite_(suite), committer_(committer) {}

  Status place(const ListedProposal& one) {
    const ProposalType type = one.proposal->type();
    if (is_external() && !permitted_in_external_commit(one, type))
      return refuse(errors::kInvalidProposalList);
    if (!is_default(type)) list_.beyond_default.insert(type);
    list_.requires_path |= requires_path(type);
    return std::visit([&](const auto& proposal) { return place(proposal, one); }, one.proposal->value);
  }

  Result<ProposalList> finish(std::size_t count) && {
    // §12.2: a ReInit stands alone; an external commit has exactly one ExternalInit.
    if (list_.reinit != nullptr && count != 1) return refuse(errors::kInvalidProposalList);
    if (is_external() != (list_.external_init != nullptr)) return refuse(errors::kInvalidProposalList);
    list_.removed.insert(list_.removed.end(), removes_.begin(), removes_.end());
    list_.requires_path |= count == 0;
    return std::move(list_);
  }

 private:
  bool is_external() const { return !committer_.leaf; }

  bool permitted_in_external_commit(const ListedProposal& one, ProposalType type) const {
    if (one.origin == ProposalOrigin::by_reference) return type == ProposalType::self_remove;
    return type == ProposalType::external_init || type == ProposalType::remove || type == ProposalType::psk;
  }

  /// At most one Update or removal for a leaf, and none that is the committer's own.
  Status claim(LeafIndex leaf) {
    if (committer_.leaf == leaf) return refuse(errors::kInvalidProposalList);
    if (!claimed_.insert(leaf).second) return refuse(errors::kInvalidProposalList);
    return {};
  }

  static Result<LeafIndex> member_leaf(const Sender& sender) {
    const auto* member = std::get_if<MemberSender>(&sender.value);
    if (member == nullptr) return refuse(errors::kNotPermitted);
    return member->leaf_index;
  }

  Status place(const Add& add, const ListedProposal&) {
    list_.adds.push_back(&add);
    return {};
  }
  Status place(const Update& update, const ListedProposal& one) {
    TAUT_TRY(const LeafIndex leaf, member_leaf(one.sender));
    TAUT_CHECK(claim(leaf));
    list_.updates.push_back({leaf, &update});
    return {};
  }
  Status place(const Remove& remove, const ListedProposal&) {
    TAUT_CHECK(claim(remove.removed));
    removes_.push_back(remove.removed);
    if (is_external()) {
      if (list_.resync) return refuse(errors::kInvalidProposalList);
      list_.resync = remove.removed;
    }
    return {};
  }
  Status place(const SelfRemove&, const ListedProposal& one) {
    if (one.origin != ProposalOrigin::by_reference) return refuse(errors::kInvalidProposalList);
    TAUT_TRY(const LeafIndex leaf, member_leaf(one.sender));
    TAUT_CHECK(claim(leaf));
    list_.removed.push_back(leaf);
    return {};
  }
  Status place(const PreSharedKey& proposal, const ListedProposal&) {
    const PreSharedKeyId& psk = proposal.psk;
    if (psk.psk_nonce.size() != crypto::hash_size(suite_.hash)) return refuse(errors::kInvalidProposalList);
    if (const auto* resumption = std::get_if<ResumptionPskId>(&psk.id);
        resumption != nullptr && !permits_usage(resumption->usage))
      return refuse(errors::kInvalidProposalList);
    if (!psks_.insert(psk).second) return refuse(errors::kInvalidProposalList);
    if (list_.psks.size() == kPskCountMax) return refuse(errors::kLimit);
    list_.psks.push_back(&psk);
    return {};
  }
  bool permits_usage(ResumptionPskUsage usage) const {
    switch (usage) {
      case ResumptionPskUsage::application:
        return true;
      case ResumptionPskUsage::reinit:
        return committer_.purpose == CommitPurpose::reinit;
      case ResumptionPskUsage::branch:
        return committer_.purpose == CommitPurpose::branch;
    }
    return false;
  }
  Status place(const ReInit& reinit, const ListedProposal&) {
    // §12.1.5: not below the group's version, which is the lowest there is.
    if (reinit.version < ProtocolVersion::mls10) return refuse(errors::kInvalidProposalList);
    list_.reinit = &reinit;
    return {};
  }
  Status place(const ExternalInit& external_init, const ListedProposal&) {
    if (list_.external_init != nullptr) return refuse(errors::kInvalidProposalList);
    list_.external_init = &external_init;
    return {};
  }
  Status place(const GroupContextExtensions& extensions, const ListedProposal&) {
    if (list_.extensions != nullptr) return refuse(errors::kInvalidProposalList);
    list_.extensions = &extensions;
    return {};
  }
  Status place(const CustomProposal&, const ListedProposal&) { return {}; }

  const Suite& suite_;
  const Committer& committer_;
  ProposalList list_;
  std::vector<LeafIndex> removes_;
  std::set<LeafIndex> claimed_;
  std::set<PreSharedKeyId> psks_;
};

}  // namespace

Result<ProposalList> ProposalList::sort(const Suite& suite, const Committer& committer,
                                        std::span<const ListedProposal> proposals) {
  Sorter sorter(suite, committer);
  for (const ListedProposal& one : proposals) TAUT_CHECK(sorter.place(one));
  return std::move(sorter).finish(proposals.size());
}

Status check_sender(const Sender& sender, const Proposal& proposal, WireFormat wire_format) {
  const ProposalType type = proposal.type();
  switch (sender.type()) {
    case SenderType::member:
      // An external joiner has to read it.
      if (type == ProposalType::self_remove && wire_format != WireFormat::public_message)
        return refuse(errors::kNotPermitted);
      if (type == ProposalType::external_init) return refuse(errors::kNotPermitted);
      return {};
    case SenderType::external:
      if (!may_be_external(type)) return refuse(errors::kMalformed);
      return {};
    case SenderType::new_member_proposal:
      if (type != ProposalType::add) return refuse(errors::kMalformed);
      return {};
    case SenderType::new_member_commit:
      return refuse(errors::kMalformed);
  }
  return refuse(errors::kMalformed);
}

}  // namespace taut::mls
