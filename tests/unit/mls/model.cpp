#include "model.hpp"

namespace taut::test {

using namespace mls;

namespace {

constexpr Lifetime kLifetime{.not_before_s = 1'699'000'000, .not_after_s = 1'702'000'000};
constexpr std::uint64_t kPastEpochs = 3;

template <class T>
T must(Result<T> result) {
  REQUIRE_MESSAGE(result.has_value(), result.error().reason.name);
  return *std::move(result);
}

}  // namespace

Model::Model(std::uint64_t seed, crypto::SuiteId suite, HandshakeFormat handshake)
    : dice_(seed), random_(seed) {
  settings_.handshake = handshake;
  settings_.past_epochs_max = kPastEpochs;
  for (std::size_t i = 0; i < kPeople; ++i) {
    Someone one;
    one.client.suite = suite;
    one.client.signature_key =
        must(crypto::SignatureKeyPair::generate(crypto::suite(suite).signature, random_));
    one.client.credential = Credential::basic(Bytes{static_cast<Byte>(i)});
    one.client.capabilities = with_grease(our_capabilities(suite), random_);
    people_.push_back(std::move(one));
  }
  enter(0, must(Group::create(hooks(), people_.front().client, GroupId(as_bytes("model")), kLifetime, {},
                              settings_)));
}

// ---- Steps ----

void Model::gather() {
  CommitOptions options;
  for (const Person who : outside()) options.proposals.push_back(add(who));
  log_commit(0, must(people_.front().group->commit(std::move(options), now())));
  read(0, log_.size());
  REQUIRE(inside().size() == kPeople);
}

void Model::step() {
  instant_ = instant_ + std::chrono::milliseconds(below(2'000));
  const Person who = one_of(inside());
  if (chance(3)) reload(who);
  switch (below(16)) {
    case 0:
    case 1:
    case 2:
      return send(who);
    case 3:
    case 4:
      return propose(who);
    case 5:
    case 6:
      if (!chance(4)) read(who, log_.size());  // most look first; the others lose to what they have not seen
      return commit(who);
    case 7:
      return race();
    case 8:
    case 9:
    case 10:
      return read(who, 1 + below(6));
    case 11:
      return read_again(who);
    case 12:
    case 13:
      return deliver(who);
    case 14:
      return haunt();
    default:
      if (const auto others = outside(); !others.empty() && !chance(4))
        return join_externally(one_of(others));
      return chance(6) ? join_externally(who) : deliver(who);
  }
}

void Model::settle() {
  for (const Person who : inside()) read(who, log_.size());
  // Pending proposals keep everyone from sending: one commit takes them along.
  commit(one_of(inside()));
  for (const Person who : inside()) read(who, log_.size());
  for (const Person who : inside()) {
    REQUIRE(people_[who].group->context().epoch == head_);
    send(who);
    Sent& message = messages_.back();
    REQUIRE(message.sender == who);
    for (const Person other : inside())
      if (other != who) offer(other, message);
  }
}

void Model::send(Person who) {
  Group& group = *people_[who].group;
  Bytes plaintext(below(300));
  random_.fill(plaintext);
  const std::uint64_t epoch = group.context().epoch;
  auto bytes = group.protect(plaintext, Bytes(below(4)));
  if (!bytes) {
    CHECK(bytes.error() == errors::kPendingProposals);
    return;
  }
  messages_.push_back({who, epoch, std::move(plaintext), *std::move(bytes), {}});
}

Proposal Model::add(Person invited) {
  auto& packages = people_[invited].key_packages;
  packages.push_back(must(people_[invited].client.make_key_package(kLifetime, random_)));
  return {Add{packages.back().key_package}};
}

Proposal Model::some_proposal(Person who) {
  const Group& group = *people_[who].group;
  const auto others = outside();
  if (!others.empty() && !chance(3)) return add(one_of(others));
  if (chance(3)) {
    PreSharedKeyId id{ExternalPskId{Bytes{1, 2, 3}},
                      Bytes(crypto::hash_size(crypto::suite(people_[who].client.suite).hash))};
    random_.fill(id.psk_nonce);
    return {PreSharedKey{std::move(id)}};
  }
  if (chance(6)) {
    Extensions extensions;
    extensions.set_as(ExtensionType::required_capabilities,
                      RequiredCapabilities{{}, {ProposalType::self_remove}, {CredentialType::basic}});
    return {GroupContextExtensions{std::move(extensions)}};
  }
  const auto members = group.members();
  return {Remove{members[below(members.size())]}};
}

void Model::propose(Person who) {
  Group& group = *people_[who].group;
  const bool leaves = chance(12) && inside().size() > 2;
  Result<SentProposal> sent = leaves      ? group.propose({SelfRemove{}}, now())
                              : chance(3) ? group.propose_update()
                                          : group.propose(some_proposal(who), now());
  if (sent) log(group.context().epoch, std::move(sent->message), leaves ? Kind::self_remove : Kind::proposal);
}

void Model::commit(Person who) {
  if (people_[who].group == nullptr) return;
  Group& group = *people_[who].group;
  if (group.has_pending_commit()) return;  // it is in the log, and comes back
  CommitOptions options;
  options.path = chance(3) ? PathChoice::if_required : PathChoice::always;
  while (chance(3)) options.proposals.push_back(some_proposal(who));
  auto sent = group.commit(std::move(options), now());
  // By-value proposals of this model may not fit each other: two Removes of one leaf, its own leaf.
  if (!sent) sent = group.commit({}, now());
  log_commit(who, must(std::move(sent)));
}

// Two commit on the same epoch before either reads the other's.
void Model::race() {
  const Person one = one_of(inside());
  const Person other = one_of(inside());
  read(one, log_.size());
  read(other, log_.size());
  commit(one);
  commit(other);
}

void Model::log(std::uint64_t epoch, Bytes bytes, Kind kind) {
  log_.push_back({epoch, std::move(bytes), kind});
}

void Model::log_commit(Person author, SentCommit sent) {
  const Group& group = *people_[author].group;
  log(group.context().epoch, std::move(sent.commit), Kind::commit);
  if (group.context().epoch != head_) {
    ++counts_.lost_commits;
    return;
  }
  ++head_;
  ++counts_.epochs;
  if (sent.welcome) welcome(*sent.welcome);
}

// A Welcome goes out once its commit counts. Whoever is inside already, by another way, ignores it.
void Model::welcome(const Bytes& message) {
  const Welcome read = std::get<Welcome>(must(decoded<MlsMessage>(message)).value);
  for (const EncryptedGroupSecrets& one : read.secrets) {
    for (Person who = 0; who < people_.size(); ++who) {
      Someone& invited = people_[who];
      const auto own = std::ranges::find(invited.key_packages, one.new_member, &OwnKeyPackage::ref);
      if (own == invited.key_packages.end() || invited.group != nullptr) continue;
      JoinOptions options;
      options.settings = settings_;
      Group joined = must(Group::join(hooks(), *own, message, std::move(options)));
      invited.key_packages.erase(own);
      ++counts_.joined;
      enter(who, std::move(joined));
    }
  }
}

// ---- Reading the log ----

void Model::read(Person who, std::size_t count) {
  for (; count > 0 && people_[who].group != nullptr && people_[who].read < log_.size(); --count)
    read_entry(who, log_[people_[who].read++]);
}

void Model::read_again(Person who) {
  Someone& reader = people_[who];
  if (reader.read == 0) return;
  const Entry& entry = log_[below(reader.read)];
  const Bytes before = to_bytes(reader.group->epoch_authenticator());
  if (entry.kind == Kind::commit || entry.epoch != reader.group->context().epoch) {
    must_fail(*reader.group, entry.bytes);
  } else {
    static_cast<void>(reader.group->receive(entry.bytes, now()));  // a proposal, known already
  }
  CHECK(equal(before, reader.group->epoch_authenticator()));
}

void Model::read_entry(Person who, const Entry& entry) {
  Group& group = *people_[who].group;
  if (entry.epoch != group.context().epoch) {
    REQUIRE(entry.epoch < group.context().epoch);
    CHECK(group.receive(entry.bytes, now()).error() == errors::kPastEpoch);
    return;
  }
  if (chance(4)) {  // a changed copy comes first
    Bytes changed = entry.bytes;
    changed[below(changed.size())] ^= static_cast<Byte>(1U << below(8));
    must_fail(group, changed);
  }
  Received received = must(group.receive(entry.bytes, now()));
  if (entry.kind != Kind::commit) {
    CHECK(std::holds_alternative<ReceivedProposal>(received));
    return;
  }
  StagedCommit& staged = std::get<StagedCommit>(received);
  CHECK(staged.effects().epoch == entry.epoch + 1);
  const bool removes_me = staged.effects().removes_me;
  must(group.merge(std::move(staged), now()));
  CHECK_FALSE(group.has_pending_commit());
  if (removes_me) {
    CHECK(group.status() == GroupStatus::removed);
    ++counts_.removed;
    give_up(who, entry.epoch);
  } else {
    agree(who);
  }
}

void Model::enter(Person who, Group group) {
  Someone& one = people_[who];
  one.since = group.context().epoch;
  one.group = std::make_unique<Group>(std::move(group));
  one.store = {};
  one.read = log_.size();
  agree(who);
}

void Model::give_up(Person who, std::uint64_t last_epoch) {
  ghosts_.push_back({std::move(people_[who].group), last_epoch});
}

// Whoever enters an epoch finds what the first one there found.
void Model::agree(Person who) {
  const Group& group = *people_[who].group;
  const std::uint64_t epoch = group.context().epoch;
  Bytes view = to_bytes(group.epoch_authenticator());
  append(view, must(group.export_secret("model", as_bytes("context"), 32)).expose());
  append(view, encoded(group.context()));
  append(view, group.ratchet_tree());
  const auto [known, is_first] = authenticators_.try_emplace(epoch, view);
  CHECK(known->second == view);
  if (!is_first) return;
  for (const LeafIndex leaf : group.members())
    members_[epoch].insert(person_of(group.member(leaf)->credential));
  CHECK(members_[epoch].contains(who));
}

// ---- Application messages ----

bool Model::may_open(Person who, const Sent& message) const {
  const std::uint64_t epoch = people_[who].group->context().epoch;
  return message.sender != who && !message.opened_by.contains(who) && people_[who].since <= message.epoch &&
         message.epoch <= epoch && epoch - message.epoch <= kPastEpochs;
}

void Model::offer(Person who, Sent& message) {
  Group& group = *people_[who].group;
  if (chance(3)) {
    Bytes changed = message.bytes;
    changed[below(changed.size())] ^= static_cast<Byte>(1U << below(8));
    must_fail(group, changed);
  }
  auto received = group.receive(message.bytes, now());
  REQUIRE_MESSAGE(received.has_value(), received.error().reason.name);
  const auto& opened = std::get<ApplicationMessage>(*received);
  CHECK(opened.data == message.plaintext);
  CHECK(opened.epoch == message.epoch);
  CHECK(person_of(opened.credential) == message.sender);
  message.opened_by.insert(who);
  ++counts_.opened;
  counts_.opened_late += message.epoch < group.context().epoch ? 1 : 0;
}

// Any of the last messages, in any order. Those that nobody draws are lost.
void Model::deliver(Person who) {
  for (std::size_t tries = 1 + below(8); tries > 0 && !messages_.empty(); --tries) {
    Sent& message = messages_[messages_.size() - 1 - below(std::min<std::size_t>(messages_.size(), 40))];
    if (may_open(who, message)) {
      offer(who, message);
    } else {
      must_fail(*people_[who].group, message.bytes);
    }
  }
}

void Model::must_fail(Group& group, ByteView bytes) {
  const auto received = group.receive(bytes, now());
  CHECK_FALSE(received.has_value());
  ++counts_.refused;
}

// Those who were removed, or lost their state, are shown what was sent since.
void Model::haunt() {
  if (ghosts_.empty()) return;
  Ghost& ghost = ghosts_[below(ghosts_.size())];
  for (const Sent& message : messages_)
    if (message.epoch > ghost.last_epoch && chance(4)) must_fail(*ghost.group, message.bytes);
  for (const Entry& entry : log_)
    if (entry.epoch > ghost.last_epoch && chance(4)) must_fail(*ghost.group, entry.bytes);
}

// ---- Saving ----

void Model::Store::take(Changes changes) {
  for (const RecordKey& key : changes.erase) records.erase(key);
  for (const Record& one : changes.put) records[one.key] = to_bytes(one.value.expose());
}

std::vector<Record> Model::Store::copy() const {
  std::vector<Record> all;
  for (const auto& [key, value] : records) all.push_back({key, SecretBytes(value)});
  return all;
}

// The process ends, and begins again from what was saved: whole the first time, then what changed.
void Model::reload(Person who) {
  Someone& one = people_[who];
  if (one.store.records.empty()) {
    for (const Record& record : one.group->save())
      one.store.records[record.key] = to_bytes(record.value.expose());
  } else {
    one.store.take(one.group->take_changes());
  }
  const Bytes before = to_bytes(one.group->epoch_authenticator());
  const bool has_pending = one.group->has_pending_commit();
  one.group = std::make_unique<Group>(must(Group::load(hooks(), one.store.copy(), now())));
  CHECK(equal(before, one.group->epoch_authenticator()));
  CHECK(one.group->has_pending_commit() == has_pending);
  // What it would save as a whole is what the increments have come to.
  Store whole;
  one.store.take(one.group->take_changes());
  for (const Record& record : one.group->save()) whole.records[record.key] = to_bytes(record.value.expose());
  CHECK(whole.records == one.store.records);
  ++counts_.reloads;
}

// ---- External commits ----

void Model::join_externally(Person who) {
  Someone& joiner = people_[who];
  const auto members = inside();
  const Person helper = one_of(members);
  if (helper == who) return;
  const Group& source = *people_[helper].group;
  ExternalJoinOptions options;
  options.join.settings = settings_;
  for (const LeafIndex leaf : source.members())
    if (person_of(source.member(leaf)->credential) == who) options.replaces = leaf;
  for (const Entry& entry : log_)
    if (entry.kind == Kind::self_remove && entry.epoch == source.context().epoch)
      options.self_removes.push_back(entry.bytes);
  auto joined = Group::join_externally(hooks(), joiner.client, must(source.group_info()), std::move(options));
  if (!joined) return;  // a SelfRemove of the appearance that it replaces, for one
  log(source.context().epoch, joined->commit, Kind::commit);
  if (source.context().epoch != head_) {
    ++counts_.lost_commits;
    return;
  }
  ++head_;
  ++counts_.epochs;
  ++counts_.joined_externally;
  if (joiner.group != nullptr) give_up(who, joiner.group->context().epoch);
  enter(who, std::move(joined->group));
}

// ---- Who ----

std::vector<Model::Person> Model::inside() const {
  std::vector<Person> list;
  for (Person who = 0; who < people_.size(); ++who)
    if (people_[who].group != nullptr) list.push_back(who);
  return list;
}

std::vector<Model::Person> Model::outside() const {
  std::vector<Person> list;
  for (Person who = 0; who < people_.size(); ++who)
    if (people_[who].group == nullptr) list.push_back(who);
  return list;
}

Model::Person Model::person_of(const Credential& credential) {
  return std::get<BasicCredential>(credential.value).identity.front();
}

Result<SecretBytes> Model::Psks::external_psk(ByteView psk_id) const { return SecretBytes(psk_id); }
Result<SecretBytes> Model::Psks::resumption_psk(const GroupId&, std::uint64_t) const {
  return refuse(errors::kMissingPsk);
}

}  // namespace taut::test
