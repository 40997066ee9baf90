#include "mls/group.hpp"

#include "mls/extension_types.hpp"
#include "mls/external_join.hpp"
#include "mls/join.hpp"
#include "mls/message.hpp"
#include "mls/protect_message.hpp"
#include "mls/welcome_message.hpp"

namespace taut::mls {

Group::Group(std::unique_ptr<GroupState> state) : state_(std::move(state)) {}
Group::Group(Group&&) noexcept = default;
Group& Group::operator=(Group&&) noexcept = default;
Group::~Group() = default;

StagedCommit::StagedCommit(std::unique_ptr<CommitChanges> changes) : changes_(std::move(changes)) {}
StagedCommit::StagedCommit(StagedCommit&&) noexcept = default;
StagedCommit& StagedCommit::operator=(StagedCommit&&) noexcept = default;
StagedCommit::~StagedCommit() = default;
const CommitEffects& StagedCommit::effects() const { return changes_->effects; }
bool StagedCommit::is_own() const { return changes_->is_own; }

// ---- Beginnings ----

Result<Group> Group::create(Hooks hooks, const Client& client, GroupId group_id, const Lifetime& lifetime,
                            Extensions extensions, Settings settings) {
  const Suite& suite = crypto::suite(client.suite);
  TAUT_TRY(OwnKeyPackage own, client.make_key_package(lifetime, hooks.random));
  GroupContext context;
  context.cipher_suite = suite.id;
  context.group_id = std::move(group_id);
  context.extensions = std::move(extensions);
  TAUT_TRY(const LeafRules rules, LeafRules::of_group(context));
  TAUT_CHECK(rules.check(own.key_package.leaf_node, LeafNodeSource::key_package));

  RatchetTree tree(suite.hash, std::move(own.key_package.leaf_node));
  context.tree_hash = tree.tree_hash();
  auto epoch_secret = KdfSecret::of_size(crypto::hash_size(suite.hash));
  hooks.random.fill(epoch_secret.fill());
  Epoch epoch = Epoch::begin(suite, std::move(context), epoch_secret, tree.size());
  return Group(std::make_unique<GroupState>(hooks, settings, &suite, std::move(tree), LeafIndex{},
                                            PrivateTree({}, std::move(own.encryption_key)),
                                            std::move(own.signature_key), std::move(epoch)));
}

Result<Group> Group::join(Hooks hooks, const OwnKeyPackage& own, ByteView welcome,
                          const JoinOptions& options) {
  TAUT_TRY(const MlsMessage message, decoded<MlsMessage>(welcome));
  if (message.as<Welcome>() == nullptr) return refuse(errors::kMalformed);
  const GroupState* previous = options.previous == nullptr ? nullptr : options.previous->state_.get();
  TAUT_TRY(auto state, join_by_welcome(hooks, own, *message.as<Welcome>(), options, previous));
  return Group(std::move(state));
}

Result<Group::ExternalJoin> Group::join_externally(Hooks hooks, const Client& client, ByteView group_info,
                                                   const ExternalJoinOptions& options) {
  TAUT_TRY(ExternalJoinResult joined, join_by_external_commit(hooks, client, group_info, options));
  return ExternalJoin{Group(std::move(joined.group)), std::move(joined.commit)};
}

Result<Group::Successor> Group::succeed(const Client& client, const Succession& succession,
                                        const Lifetime& lifetime, std::vector<KeyPackage> members,
                                        Time now) const {
  const ResumptionPskId link{succession.usage, state_->epoch.context.group_id, state_->epoch.context.epoch};
  TAUT_TRY(Group group, create(state_->hooks, client, succession.group_id, lifetime, succession.extensions,
                               state_->settings));
  CommitOptions options;
  for (KeyPackage& member : members) options.proposals.push_back({Add{std::move(member)}});
  options.proposals.push_back({PreSharedKey{make_psk_id(*group.state_->suite, link, state_->hooks.random)}});
  const CommitPurpose purpose =
      succession.usage == ResumptionPskUsage::reinit ? CommitPurpose::reinit : CommitPurpose::branch;
  TAUT_TRY(SentCommit sent, group.commit_for(purpose, state_.get(), std::move(options), now));
  if (!sent.welcome) return refuse(errors::kMisuse);
  TAUT_CHECK(group.merge_pending(now));
  TAUT_CHECK(check_successor_group(*state_, succession.usage, group.context(), group.state_->tree,
                                   state_->hooks.authentication));
  return Successor{std::move(group), *std::move(sent.welcome)};
}

Result<Group::Successor> Group::branch(const Client& client, GroupId group_id, const Lifetime& lifetime,
                                       std::vector<KeyPackage> members, Time now) const {
  if (state_->status == GroupStatus::removed) return refuse(errors::kGroupClosed);
  return succeed(client, {ResumptionPskUsage::branch, std::move(group_id), state_->epoch.context.extensions},
                 lifetime, std::move(members), now);
}

Result<Group::Successor> Group::reinitialize(const Client& client, const Lifetime& lifetime,
                                             std::vector<KeyPackage> members, Time now) const {
  if (state_->status != GroupStatus::reinitialized) return refuse(errors::kNotPermitted);
  if (client.suite != state_->reinit->cipher_suite) return refuse(errors::kUnsupportedSuite);
  return succeed(client, {ResumptionPskUsage::reinit, state_->reinit->group_id, state_->reinit->extensions},
                 lifetime, std::move(members), now);
}

// ---- Looking ----

const GroupContext& Group::context() const { return state_->epoch.context; }
GroupStatus Group::status() const { return state_->status; }
const std::optional<ReInit>& Group::reinit() const { return state_->reinit; }
LeafIndex Group::own_leaf() const { return state_->own_leaf; }
const LeafNode* Group::member(LeafIndex leaf) const { return state_->tree.leaf(leaf); }

std::vector<LeafIndex> Group::members() const {
  std::vector<LeafIndex> leaves;
  state_->tree.for_each_member([&](LeafIndex leaf, const LeafNode&) { leaves.push_back(leaf); });
  return leaves;
}

ByteView Group::epoch_authenticator() const { return state_->epoch.secrets.epoch_authenticator.expose(); }

Result<SecretBytes> Group::export_secret(std::string_view label, ByteView context, std::size_t size) const {
  if (state_->status == GroupStatus::removed) return refuse(errors::kGroupClosed);
  return mls::export_secret(*state_->suite, state_->epoch.secrets.exporter_secret, label, context, size);
}

Result<SecretBytes> Group::resumption_psk(std::uint64_t epoch) const {
  const PskFinder psks{no_psks(), state_.get()};
  return psks.find({ResumptionPskId{ResumptionPskUsage::application, context().group_id, epoch}, {}});
}

Result<Bytes> Group::group_info(TreeDelivery tree) const {
  if (state_->status != GroupStatus::active) return refuse(errors::kGroupClosed);
  TAUT_TRY(const auto external,
           derive_external_key_pair(*state_->suite, state_->epoch.secrets.external_secret));
  Extensions extensions;
  extensions.set_as(ExtensionType::external_pub, ExternalPub{HpkePublicKey(external.public_key.view())});
  TAUT_TRY(GroupInfo made, make_group_info(state_->epoch, state_->tree, tree, std::move(extensions),
                                           {own_leaf(), state_->signature_key}));
  return encoded(MlsMessage{std::move(made)});
}

Bytes Group::ratchet_tree() const { return state_->tree.encoded(); }

std::vector<ProposalRef> Group::pending_proposals() const {
  std::vector<ProposalRef> refs;
  for (const PendingProposal* pending : state_->proposals.list()) refs.push_back(pending->ref);
  return refs;
}

}  // namespace taut::mls
