#include "mls/world.hpp"

#include <cstdio>
#include <cstdlib>

#include "mls/message.hpp"
#include "mls/treekem.hpp"
#include "mls/welcome_message.hpp"

namespace taut::bench {

using namespace mls;

namespace {

constexpr auto kSuiteId = crypto::SuiteId::x25519_aes128gcm_sha256_ed25519;
constexpr Lifetime kLifetime{.not_before_s = 1'699'000'000, .not_after_s = 1'702'000'000};

const GroupId& group_id() {
  static const GroupId kId(as_bytes("bench"));
  return kId;
}

}  // namespace

void stop(const char* what, const Error& error) {
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(error.reason.name.size()),
               error.reason.name.data());
  std::exit(1);
}

World::World(std::uint32_t member_count) {
  for (std::uint32_t i = 0; i < member_count; ++i) {
    clients_.push_back(new_client());
    key_packages_.push_back(must(clients_.back().make_key_package(kLifetime, random_), "key package"));
  }
}

Client World::new_client() {
  Client client;
  client.suite = kSuiteId;
  client.signature_key =
      must(crypto::SignatureKeyPair::generate(crypto::suite(kSuiteId).signature, random_), "key");
  Bytes name(16);
  random_.fill(name);
  client.credential = Credential::basic(name);
  client.capabilities = our_capabilities(kSuiteId);
  return client;
}

KeyPackage World::new_key_package() {
  return must(new_client().make_key_package(kLifetime, random_), "key package").key_package;
}

Group World::alone() {
  return must(Group::create(hooks(), clients_.front(), group_id(), kLifetime), "create");
}

CommitOptions World::add_others(PathChoice path) const {
  CommitOptions options;
  options.path = path;
  for (std::size_t i = 1; i < key_packages_.size(); ++i)
    options.proposals.push_back({Add{key_packages_[i].key_package}});
  return options;
}

Group World::join_last(ByteView welcome) {
  return must(Group::join(hooks(), key_packages_.back(), welcome), "join");
}

Group World::join_last(const SentCommit& sent) { return join_last(*sent.welcome); }

Pair World::blank_pair() {
  Group actor = alone();
  const SentCommit sent = must(actor.commit(add_others(PathChoice::if_required), now()), "add");
  must(actor.merge_pending(now()), "merge");
  return {std::move(actor), join_last(sent)};
}

/// What a group of this World looks like when every pair of neighbours has committed: made node by node,
/// because thousands of real commits would take hours. The neighbour of the last leaf is the last one to
/// commit, and knows what a Welcome needs.
class FilledTree {
 public:
  explicit FilledTree(World& world)
      : world_(world), suite_(crypto::suite(kSuiteId)), tree_(suite_.hash, leaf_of(0)) {
    TreeDiff diff(tree_);
    for (std::uint32_t i = 1; i < world.member_count(); ++i) must(diff.add_leaf(leaf_of(i)), "add");
    tree_.apply(std::move(diff).take());
    for (std::uint32_t i = 1; i + 2 < world.member_count(); i += 2) renew({i}, random_keys({i}));
    renew(committer(), secret_keys());
  }

  Bytes welcome() {
    GroupContext context;
    context.cipher_suite = kSuiteId;
    context.group_id = group_id();
    context.epoch = 1;
    context.tree_hash = tree_.tree_hash();
    context.confirmed_transcript_hash = crypto::hash(suite_.hash, {as_bytes("so far")});
    const KdfSecret joiner_secret = random_secret();
    JoinerStage stage =
        JoinerStage::from_joiner_secret(suite_, joiner_secret, zero_secret(suite_), encoded(context));
    const NextEpoch next{Epoch::begin(suite_, context, stage.epoch_secret, tree_.size()),
                         KdfSecret::copy_of(joiner_secret), std::move(stage.welcome_secret)};
    const GroupInfo info =
        must(make_group_info(next.epoch, tree_, TreeDelivery::in_message, {},
                             {committer(), world_.clients_[committer().value].signature_key}),
             "group info");
    const std::array members{new_member(0), new_member(world_.member_count() - 1)};
    return encoded(
        MlsMessage{must(make_welcome(suite_, next, info, members, {}, world_.random_), "welcome")});
  }

 private:
  const LeafNode& leaf_of(std::uint32_t index) const {
    return world_.key_packages_[index].key_package.leaf_node;
  }
  LeafIndex committer() const { return {world_.member_count() - 2}; }

  KdfSecret random_secret() {
    KdfSecret secret = KdfSecret::of_size(crypto::hash_size(suite_.hash));
    world_.random_.fill(secret.fill());
    return secret;
  }

  std::vector<HpkePublicKey> random_keys(LeafIndex leaf) {
    std::vector<HpkePublicKey> keys;
    for (std::size_t i = filtered_direct_path(tree_, leaf).size(); i > 0; --i)
      keys.emplace_back(random_secret().expose());
    return keys;
  }

  std::vector<HpkePublicKey> secret_keys() {
    std::vector<HpkePublicKey> keys;
    KdfSecret secret = random_secret();
    for (const PathStep& step : filtered_direct_path(tree_, committer())) {
      const KdfSecret node_secret = derive_secret(suite_, secret.expose(), "node");
      keys.emplace_back(
          must(crypto::DhKeyPair::derive(suite_.dh, node_secret.expose()), "key").public_key.view());
      KdfSecret next = derive_secret(suite_, secret.expose(), "path");
      path_secrets_.push_back({step.node, std::move(secret)});
      secret = std::move(next);
    }
    return keys;
  }

  void renew(LeafIndex index, const std::vector<HpkePublicKey>& keys) {
    TreeDiff diff(tree_);
    LeafNode leaf = *tree_.leaf(index);
    leaf.encryption_key = HpkePublicKey(random_secret().expose());
    leaf.from = FromCommit{diff.set_path_keys(index, keys)};
    const LeafPlace place{group_id(), index};
    leaf.signature = to_bytes(must(sign_with_label(world_.clients_[index.value].signature_key, "LeafNodeTBS",
                                                   leaf_node_tbs(leaf, &place)),
                                   "sign")
                                  .view());
    diff.set_leaf(index, std::move(leaf));
    tree_.apply(std::move(diff).take());
  }

  NewMember new_member(std::uint32_t index) const {
    const NodeIndex ancestor = common_ancestor(NodeIndex(committer()), NodeIndex(LeafIndex{index}));
    const auto found = std::ranges::find(path_secrets_, ancestor, &NodePathSecret::node);
    return {.key_package = &world_.key_packages_[index].key_package, .path_secret = &found->path_secret};
  }

  World& world_;
  const Suite& suite_;
  RatchetTree tree_;
  std::vector<NodePathSecret> path_secrets_;
};

Pair World::filled_pair(Bytes* welcome) {
  if (member_count() < 4) {  // one commit fills all there is
    Pair pair = blank_pair();
    const SentCommit sent = must(pair.actor.commit({}, now()), "commit");
    must(pair.actor.merge_pending(now()), "merge");
    auto received = must(pair.follower.receive(sent.commit, now()), "receive");
    must(pair.follower.merge(std::get<StagedCommit>(std::move(received)), now()), "merge");
    return pair;
  }
  Bytes made = FilledTree(*this).welcome();
  Pair pair{must(Group::join(hooks(), key_packages_.front(), made), "join"), join_last(made)};
  if (welcome != nullptr) *welcome = std::move(made);
  return pair;
}

}  // namespace taut::bench
