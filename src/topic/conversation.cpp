#include "topic/conversation.hpp"

#include "introduction/reasons.hpp"
#include "mls/message.hpp"
#include "topic/arrival.hpp"

namespace taut::topic {

namespace {

/// A KeyPackage that was claimed for this node is this node's.
Result<mls::KeyPackage> read_claimed(ByteView message, const NodeId& peer_id) {
  TAUT_TRY(mls::MlsMessage decoded, mls::decoded<mls::MlsMessage>(message));
  auto* key_package = std::get_if<mls::KeyPackage>(&decoded.value);
  if (key_package == nullptr) return malformed();
  TAUT_TRY(const introduction::LeafCertificate certificate,
           introduction::read_certificate(key_package->leaf_node.credential));
  if (certificate.node_id() != peer_id) return fail(Errc::unauthentic, reasons::kIdentityMismatch);
  return std::move(*key_package);
}

Result<mls::OwnKeyPackage> find_own(const OwnKeyPackages& own, ByteView welcome) {
  TAUT_TRY(const mls::MlsMessage message, mls::decoded<mls::MlsMessage>(welcome));
  const auto* parsed = message.as<mls::Welcome>();
  if (parsed == nullptr) return fail(Errc::unauthentic, reasons::kBadWelcome);
  for (const mls::EncryptedGroupSecrets& one : parsed->secrets)
    if (auto found = own.find(one.new_member)) return found;
  return mls::refuse(mls::errors::kMissingKeyPackage);
}

/// Us and the peer, and nobody else.
bool is_of_two(const mls::Group& group, const NodeId& self, const NodeId& peer) {
  std::set<NodeId> nodes;
  for (const mls::LeafIndex leaf : group.members())
    if (const auto certificate = introduction::read_certificate(group.member(leaf)->credential))
      nodes.insert(certificate->node_id());
  return group.members().size() == 2 && nodes == std::set{self, peer};
}

}  // namespace

Result<Conversation> converse(Surroundings surroundings, const NewTopic& options, const NodeId& peer_id,
                              ByteView peer, Time now) {
  TAUT_TRY(mls::KeyPackage key_package, read_claimed(peer, peer_id));
  NewTopic from_epoch_1 = options;  // nobody sees epoch 0
  from_epoch_1.log_epoch = 1;
  TAUT_TRY(Topic::Begun begun, Topic::create(surroundings, from_epoch_1, now));
  Topic::State& state = *begun.topic.state_;
  TAUT_TRY(mls::SentCommit sent,
           state.group->commit({.proposals = {{mls::Add{std::move(key_package)}}}}, now));
  if (!sent.welcome) return fail(Errc::misuse, reasons::kMisuse);
  TAUT_CHECK(state.group->merge_pending(now));
  // The topic begins with epoch 1, and its log after it.
  WelcomeLetter letter{surroundings.identity.public_key, state.settings.log_id,   state.epoch(), 0,
                       hash_body(sent.commit),           *std::move(sent.welcome)};
  TAUT_TRY(const Bytes signed_letter, sign_letter(letter, surroundings.identity));
  mls::Group group = std::move(*state.group);
  TAUT_CHECK(state.adopt(std::move(group), letter, now));
  state.quiet_until = now.instant;
  state.stored_header.reset();
  Step step = state.finish();  // all of it: what creation put is put again, or gone
  return Conversation{std::move(begun.topic), signed_letter, std::move(step)};
}

Result<Topic::Begun> accept(Surroundings surroundings, const OwnKeyPackages& own, const NodeId& from,
                            ByteView welcome, Time now) {
  TAUT_TRY(const WelcomeLetter letter, read_letter(welcome));
  if (letter.welcomer() != from) return fail(Errc::unauthentic, reasons::kBadWelcome);
  TAUT_TRY(const mls::OwnKeyPackage key_package, find_own(own, letter.welcome));
  const introduction::LeafAuthentication authentication;
  const mls::Hooks hooks{.random = surroundings.random, .authentication = authentication};
  TAUT_TRY(mls::Group seen, mls::Group::join(hooks, key_package, letter.welcome));
  TAUT_TRY(Settings settings, check_arrival(seen, letter));
  if (settings.log_id != letter.log_id || !is_of_two(seen, surroundings.card.node_id(), from))
    return fail(Errc::unauthentic, reasons::kBadWelcome);
  TAUT_TRY(const TopicId topic_id, introduction::topic_id_of(seen.context().group_id));
  TAUT_TRY(const introduction::LeafCertificate certificate,
           introduction::read_certificate(key_package.key_package.leaf_node.credential));
  Header header;
  header.suite = key_package.key_package.cipher_suite;
  header.topic_id = topic_id;
  header.sequence = certificate.sequence;
  auto state = std::make_unique<Topic::State>(surroundings, std::move(header), std::move(settings));
  TAUT_TRY(mls::Group group, mls::Group::load(state->hooks(), seen.save(), now));
  TAUT_CHECK(state->adopt(std::move(group), letter, now));
  Step step = state->finish();
  return Topic::Begun{Topic(std::move(state)), std::move(step)};
}

bool stays(const TopicId& a, const TopicId& b) {
  const auto hash = [](const TopicId& id) { return crypto::hash(crypto::HashId::sha256, {id.view()}); };
  return hash(a) < hash(b);
}

}  // namespace taut::topic
