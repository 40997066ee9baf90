#include "node/conversations.hpp"

#include "crypto/encoding.hpp"
#include "node/sealer.hpp"
#include "node/self.hpp"
#include "topic/conversation.hpp"

namespace taut::node {

namespace {

/// Copies of the envelope that brings the Welcome.
constexpr std::size_t kWelcomeCopies = 2;
/// Names that are tried before one that is nobody's.
constexpr int kNamesTried = 99;

class StoredKeyPackages final : public topic::OwnKeyPackages {
 public:
  explicit StoredKeyPackages(Transaction& transaction) : transaction_(transaction) {}

  Result<mls::OwnKeyPackage> find(const mls::KeyPackageRef& ref) const override {
    TAUT_TRY(std::optional<KeyPackageRow> row, read(ref));
    if (!row) return fail(Errc::unavailable, reasons::kNoKeyPackage);
    used_ = std::move(row);
    return mls::OwnKeyPackage::load(used_->package.expose());
  }
  /// What the store has said, if it did not work.
  const Status& status() const { return status_; }
  const std::optional<KeyPackageRow>& used() const { return used_; }

 private:
  Result<std::optional<KeyPackageRow>> read(const mls::KeyPackageRef& ref) const {
    auto row = transaction_.key_package(ref.hash.view());
    if (!row) status_ = std::unexpected(row.error());
    return row;
  }

  Transaction& transaction_;
  mutable std::optional<KeyPackageRow> used_;
  mutable Status status_;
};

Result<bool> is_free(Transaction& transaction, const std::string& name) {
  const Status checked = check_topic_name(transaction, name);
  if (checked) return true;
  const Reason& reason = checked.error().reason;
  if (reason != reasons::kTopicExists && reason != reasons::kBadName) return std::unexpected(checked.error());
  return false;
}

Result<std::string> free_name(Transaction& transaction, const std::string& petname,
                              const topic::TopicId& topic_id) {
  for (int number = 1; number <= kNamesTried; ++number) {
    std::string name = number == 1 ? petname : petname + " " + std::to_string(number);
    TAUT_TRY(const bool is_it, is_free(transaction, name));
    if (is_it) return name;
  }
  return crypto::to_hex(topic_id.view());
}

Result<std::size_t> conversations_with(Transaction& transaction, const NodeId& peer) {
  TAUT_TRY(const std::vector<TopicRow> rows, transaction.topics());
  std::size_t count = 0;
  for (const TopicRow& row : rows) {
    TAUT_TRY(const TopicRecord record, parse_topic_record(row.record));
    if (record.peer == peer) ++count;
  }
  return count;
}

Result<RowNumber> add_conversation(Transaction& transaction, const std::string& name, const NodeId& peer,
                                   const topic::Changes& changes) {
  TopicRecord record;
  record.peer = peer;
  TAUT_TRY(const RowNumber number, transaction.add_topic(name, encode(record)));
  TAUT_CHECK(write_changes(transaction, number, changes));
  return number;
}

/// To the peer's first dispatchers; with our card, as with any first message.
Status seal_welcome(Transaction& transaction, const TopicMaker& maker, const identity::SignedCard& peer,
                    Bytes welcome, const Moment& at) {
  std::vector<NodeId> dispatchers;
  for (const identity::Dispatcher& one : peer.card().inboxes())
    if (dispatchers.size() < kWelcomeCopies) dispatchers.push_back(one.node_id);
  TAUT_TRY(const identity::SignedCard own, own_card(transaction));
  const Sealing sealing{maker.identity, peer, dispatchers, &own, {}};
  TAUT_CHECK(seal_into_outbox(transaction, sealing, {envelope::ContentType::welcome, std::move(welcome)}, at,
                              maker.random));
  return {};
}

}  // namespace

Result<RowNumber> begin_conversation(const TopicMaker& maker, const std::string& name,
                                     const identity::SignedCard& peer, const ClaimedKeyPackage& claimed,
                                     const topic::LogOrder& order, const Moment& at) {
  RowNumber number = 0;
  TopicSurroundings surroundings(maker.identity, maker.random);
  topic::NewTopic options;
  options.suite = claimed.suite;
  options.order = order;
  options.name = name;
  TAUT_CHECK(maker.store.write([&](Transaction& transaction) -> Status {
    TAUT_CHECK(check_topic_name(transaction, name));
    TAUT_CHECK(surroundings.look(transaction));
    TAUT_TRY(const topic::Time now, topic_time(transaction, at));
    TAUT_TRY(topic::Conversation begun,
             topic::converse(surroundings.give(), options, peer.node_id(), claimed.message, now));
    TAUT_TRY(number, add_conversation(transaction, name, peer.node_id(), begun.step.changes));
    return seal_welcome(transaction, maker, peer, std::move(begun.welcome), at);
  }));
  return number;
}

Result<std::optional<RowNumber>> accept_conversation(Transaction& transaction,
                                                     const TopicSurroundings& surroundings,
                                                     const WelcomeRow& welcome, topic::Time now) {
  TAUT_TRY(const std::optional<ContactRow> contact, transaction.contact_of(welcome.sender));
  TAUT_TRY(const std::size_t count, conversations_with(transaction, welcome.sender));
  if (!contact || count >= kConversationsMax) return std::nullopt;
  const StoredKeyPackages own(transaction);
  auto begun = topic::accept(surroundings.give(), own, welcome.sender, welcome.body, now);
  TAUT_CHECK(own.status());
  if (!begun || !begun->topic.settings().has_log()) return std::nullopt;
  TAUT_TRY(const std::string name, free_name(transaction, contact->petname, begun->topic.id()));
  TAUT_TRY(const RowNumber number, add_conversation(transaction, name, welcome.sender, begun->step.changes));
  TAUT_CHECK(
      keep_topic_item(transaction, number,
                      TopicHappening{TopicNotice::let_in, {}, welcome.sender, begun->topic.epoch(), {}}));
  if (!own.used()->is_last_resort) {
    TAUT_CHECK(transaction.erase_key_package(own.used()->ref));
    return number;
  }
  // Others have the same one: it opens this topic's beginning until we have new keys.
  TAUT_TRY(const topic::Step healed, begun->topic.update(now));
  TAUT_CHECK(write_changes(transaction, number, healed.changes));
  return number;
}

}  // namespace taut::node
