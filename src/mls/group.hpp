#pragma once
// A group as one of its members holds it, RFC 9420. docs/mls.md shows each step in a few lines.
//
// Bytes and times come in, bytes and results come out. Every function that can fail leaves the group as
// it was. A commit, sent or received, is staged first and changes nothing until it is merged.

#include <memory>
#include <vector>

#include "mls/client.hpp"
#include "mls/group_context.hpp"
#include "mls/hooks.hpp"
#include "mls/received.hpp"
#include "mls/record.hpp"
#include "mls/settings.hpp"

namespace taut::mls {

class Group;
struct GroupState;
struct UnprotectedMessage;
enum class CommitPurpose : std::uint8_t;

/// What a Commit or GroupInfo carries for those who join.
enum class TreeDelivery : std::uint8_t { in_message, apart };
/// Whether a Commit that needs no path has one all the same (§12.4). With it, the sender heals.
enum class PathChoice : std::uint8_t { always, if_required };

/// A new appearance for one's own leaf (§7.3).
struct LeafChange {
  std::optional<crypto::SignatureKeyPair> signature_key{};
  std::optional<Credential> credential{};
  std::optional<Capabilities> capabilities{};
  std::optional<Extensions> extensions{};
};

struct CommitOptions {
  std::vector<Proposal> proposals{};  ///< by value, after those that are pending
  /// Pending proposals to cover; none given: all that are valid and that the policy permits.
  std::optional<std::vector<ProposalRef>> references{};
  PathChoice path = PathChoice::always;
  LeafChange leaf{};
  TreeDelivery tree = TreeDelivery::in_message;
  Bytes authenticated_data{};
};
struct SentCommit {
  Bytes commit;
  std::optional<Bytes> welcome;  ///< for those it adds; deliver it once the commit is accepted
  /// The pending proposals that it leaves out, and why: invalid together, or against the policy.
  std::vector<std::pair<ProposalRef, Error>> left_out;
};
struct SentProposal {
  Bytes message;
  ProposalRef ref;
};

struct JoinOptions {
  std::optional<Bytes> ratchet_tree{};  ///< where the Welcome or GroupInfo does not hold it
  const Group* previous = nullptr;      ///< the group that this one branches from or replaces (§11.2, §11.3)
  Settings settings{};
};
struct ExternalJoinOptions {
  JoinOptions join{};
  std::optional<LeafIndex> replaces{};  ///< an earlier appearance of this client, which the commit removes
  std::vector<PreSharedKeyId> psks{};
  std::vector<Bytes> self_removes{};  ///< pending SelfRemove proposals, as MLSMessages
  Bytes authenticated_data{};
};

enum class GroupStatus : std::uint8_t { active, removed, reinitialized };

class Group {
 public:
  Group(Group&&) noexcept;
  Group& operator=(Group&&) noexcept;
  ~Group();

  // ---- Beginnings ----

  /// A group of one, epoch 0 (§11).
  static Result<Group> create(Hooks hooks, const Client& client, GroupId group_id, const Lifetime& lifetime,
                              Extensions extensions = {}, Settings settings = {});
  /// By Welcome (§12.4.3.1).
  /// @param welcome  the MLSMessage
  /// @errors kMissingKeyPackage: it is for somebody else; kMissingPsk; kMissingTree; whatever is wrong
  static Result<Group> join(Hooks hooks, const OwnKeyPackage& own, ByteView welcome,
                            const JoinOptions& options = {});
  /// By external Commit (§12.4.3.2). The group is as it will be once the commit was accepted; when
  /// another one wins, drop it and begin again with a newer GroupInfo.
  struct ExternalJoin;
  static Result<ExternalJoin> join_externally(Hooks hooks, const Client& client, ByteView group_info,
                                              const ExternalJoinOptions& options = {});
  /// A new group of members of this one (§11.3), or the one that follows its ReInit (§11.2): created,
  /// with the commit that adds `members` merged. The Welcome is in `sent`.
  struct Successor;
  Result<Successor> branch(const Client& client, GroupId group_id, const Lifetime& lifetime,
                           std::vector<KeyPackage> members, Time now) const;
  Result<Successor> reinitialize(const Client& client, const Lifetime& lifetime,
                                 std::vector<KeyPackage> members, Time now) const;

  // ---- Sending ----

  /// An application message, as PrivateMessage.
  /// @errors kKeyExhausted; kGroupClosed; kPendingProposals: §12.4 wants the commit first
  Result<Bytes> protect(ByteView data, ByteView authenticated_data = {});
  /// A Proposal of any type but Update.
  Result<SentProposal> propose(const Proposal& proposal, Time now, ByteView authenticated_data = {});
  Result<SentProposal> propose_update(LeafChange change = {}, ByteView authenticated_data = {});
  /// The commit is pending until it is merged: by `receive` and `merge` when it comes back, or by
  /// `merge_pending` where the sender knows otherwise that it was accepted.
  /// @errors kPendingCommit: there is one already; the rules of §12.2; kExpired; the policy's own
  Result<SentCommit> commit(CommitOptions options, Time now);
  Result<Merged> merge_pending(Time now);
  /// The caller knows that the commit was not accepted, and never will be.
  void drop_pending();
  bool has_pending_commit() const;
  /// The application decides that a pending proposal is not to be committed from here.
  void drop_proposal(const ProposalRef& ref);

  // ---- Receiving ----

  /// @param message  an MLSMessage: PublicMessage or PrivateMessage of this group
  /// @errors kWrongGroup, kFutureEpoch, kPastEpoch, kUnknownSender, kBadSignature, kBadTag,
  ///         kMissingProposal, kMissingPsk, kNotPermitted and the other rules, malformed, exhausted
  Result<Received> receive(ByteView message, Time now);
  /// @errors kWrongEpoch: staged on another epoch than this; kGroupClosed
  Result<Merged> merge(StagedCommit staged, Time now);
  /// Erases what has passed its time.
  void tick(Time now);
  std::optional<Instant> next_deadline() const;

  // ---- Looking ----

  const GroupContext& context() const;
  GroupStatus status() const;
  /// What the last commit asked for; `status` is reinitialized then.
  const std::optional<ReInit>& reinit() const;
  LeafIndex own_leaf() const;
  /// nullptr: blank, or outside the tree.
  const LeafNode* member(LeafIndex leaf) const;
  std::vector<LeafIndex> members() const;
  ByteView epoch_authenticator() const;
  Result<SecretBytes> export_secret(std::string_view label, ByteView context, std::size_t size) const;
  /// The same in the epoch that the pending commit would begin.
  /// @errors misuse: there is no pending commit
  Result<SecretBytes> export_pending_secret(std::string_view label, ByteView context, std::size_t size);
  /// The resumption PSK of this or a remembered epoch (§8.6).
  /// @errors kMissingPsk
  Result<SecretBytes> resumption_psk(std::uint64_t epoch) const;
  /// For external joins, signed by this member: an MLSMessage.
  Result<Bytes> group_info(TreeDelivery tree = TreeDelivery::in_message) const;
  /// The encoded ratchet_tree (§12.4.3.3).
  Bytes ratchet_tree() const;
  std::vector<ProposalRef> pending_proposals() const;

  // ---- Saving ----

  /// The whole group. From here on `take_changes` says what changed since.
  std::vector<Record> save();
  Changes take_changes();
  /// @param now  past epochs whose age is over their limit, or unknown, are gone
  static Result<Group> load(Hooks hooks, std::vector<Record> records, Time now);

 private:
  explicit Group(std::unique_ptr<GroupState> state);
  struct Succession {
    ResumptionPskUsage usage;
    GroupId group_id;
    Extensions extensions;
  };
  Result<Successor> succeed(const Client& client, const Succession& succession, const Lifetime& lifetime,
                            std::vector<KeyPackage> members, Time now) const;
  Result<Received> receive_public(PublicMessage message, ByteView bytes);
  Result<Received> receive_private(const PrivateMessage& message, ByteView bytes, Time now);
  Result<Received> receive_own(ByteView bytes);
  Result<Received> take_handshake(UnprotectedMessage opened);
  Status stage_pending();
  Result<SentCommit> commit_for(CommitPurpose purpose, const GroupState* previous, CommitOptions options,
                                Time now);
  std::unique_ptr<GroupState> state_;
};

struct Group::ExternalJoin {
  Group group;
  Bytes commit;
};
struct Group::Successor {
  Group group;
  Bytes welcome;
};

}  // namespace taut::mls
