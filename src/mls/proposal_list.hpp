#pragma once
// The proposals of one commit, sorted by what they do, after the rules that concern the list itself
// (RFC 9420 §12.2; draft-ietf-mls-extensions, "SelfRemove").

#include <set>
#include <span>

#include "mls/framing.hpp"
#include "mls/labelled.hpp"

namespace taut::mls {

enum class ProposalOrigin : std::uint8_t { by_value, by_reference };

/// A proposal of a commit, with who made it.
struct ListedProposal {
  const Proposal* proposal = nullptr;
  Sender sender;  ///< of a proposal by value: the committer
  ProposalOrigin origin = ProposalOrigin::by_value;
};

/// What a commit is made for. Only the first commits of a re-initialised or branched group may use the
/// resumption PSKs that are named after it (§11.2, §11.3).
enum class CommitPurpose : std::uint8_t { ordinary, reinit, branch };

struct Committer {
  std::optional<LeafIndex> leaf;  ///< none: an external commit
  CommitPurpose purpose = CommitPurpose::ordinary;
};

struct UpdateOf {
  LeafIndex leaf;
  const Update* update = nullptr;
};

/// Pointers go into the proposals that were sorted.
struct ProposalList {
  const GroupContextExtensions* extensions = nullptr;
  std::vector<UpdateOf> updates;
  std::vector<LeafIndex> removed;  ///< by SelfRemove first, then by Remove
  std::vector<const Add*> adds;
  std::vector<const PreSharedKeyId*> psks;
  const ReInit* reinit = nullptr;
  const ExternalInit* external_init = nullptr;
  std::set<ProposalType> beyond_default;  ///< types that every member who processes it must support
  std::optional<LeafIndex> resync;        ///< what an external commit removes in its own right
  bool requires_path = false;

  /// @errors kInvalidProposalList: the list as a whole; kNotPermitted: one in it, from this sender;
  ///         kLimit: over kPskCountMax
  static Result<ProposalList> sort(const Suite& suite, const Committer& committer,
                                   std::span<const ListedProposal> proposals);
};

/// A sender of this type may propose this at all (§6.1, §12.1.8). Checked when a proposal arrives.
/// @errors malformed: an external sender, and a type that must be a member's (§12.1.8); kNotPermitted
Status check_sender(const Sender& sender, const Proposal& proposal, WireFormat wire_format);

}  // namespace taut::mls
