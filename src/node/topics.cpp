#include "node/topics.hpp"

#include "base/utf8.hpp"
#include "identity/reasons.hpp"
#include "node/conversations.hpp"

namespace taut::node {

namespace {

Result<KnownTopic> known(Transaction& transaction, const TopicRow& row) {
  TAUT_TRY(TopicRecord record, parse_topic_record(row.record));
  TAUT_TRY(const std::size_t items, transaction.topic_item_count(row.number));
  return KnownTopic{row.number, row.name, std::move(record), items};
}

Result<TopicRow> need_topic(Transaction& transaction, std::string_view name) {
  TAUT_TRY(std::optional<TopicRow> row, transaction.topic(name));
  if (!row) return fail(Errc::unavailable, reasons::kNoSuchTopic);
  return *std::move(row);
}

/// Whose word counts when somebody says that he lets us in.
Result<std::vector<NodeId>> trusted_nodes(Transaction& transaction) {
  TAUT_TRY(const std::vector<ContactRow> contacts, transaction.contacts());
  std::vector<NodeId> nodes;
  for (const ContactRow& contact : contacts)
    if (contact.verification == Verification::verified)
      nodes.insert(nodes.end(), contact.nodes.begin(), contact.nodes.end());
  return nodes;
}

/// One that waits to be let in opens a welcome.
class Opening {
 public:
  Opening(Transaction& transaction, const TopicSurroundings& surroundings, topic::Time now)
      : transaction_(transaction), surroundings_(surroundings), now_(now) {}

  /// @return  the topic that it was for
  Result<std::optional<RowNumber>> open(const WelcomeRow& welcome) {
    TAUT_TRY(const std::vector<TopicRow> rows, transaction_.topics());
    for (const TopicRow& row : rows) {
      TAUT_TRY(const bool is_open, open(row, welcome.body, welcome.sender));
      if (is_open) return row.number;
    }
    return std::nullopt;
  }

  /// @return  whether it was for this topic
  Result<bool> open(TopicRow row, ByteView welcome, const std::optional<NodeId>& sender) {
    TAUT_TRY(TopicRecord record, parse_topic_record(row.record));
    TAUT_TRY(std::vector<topic::Record> records, own_topic_records(transaction_, row.number));
    if (record.phase == TopicPhase::open) return open_again(std::move(row), std::move(records), welcome);
    TAUT_TRY(topic::Joining joining, topic::Joining::load(surroundings_.give(), std::move(records), now_));
    TAUT_TRY(const std::vector<NodeId> trusted, trusted_nodes(transaction_));
    auto begun = joining.open(welcome, trusted, now_);
    if (!begun) return false;
    record.phase = TopicPhase::open;
    TAUT_CHECK(write_changes(transaction_, row.number, begun->step.changes));
    TAUT_CHECK(keep_topic_item(transaction_, row.number,
                               TopicHappening{TopicNotice::let_in, {}, sender, begun->topic.epoch(), {}}));
    ++row.version;
    row.record = encode(record);
    TAUT_CHECK(transaction_.set_topic(row));
    return true;
  }

  /// One that had stopped, and asked to be let in again.
  Result<bool> open_again(TopicRow row, std::vector<topic::Record> records, ByteView welcome) {
    auto begun = topic::Topic::load(surroundings_.give(), std::move(records), now_);
    if (!begun || begun->topic.standing() != topic::Standing::diverged) return false;
    auto step = begun->topic.open(welcome, std::nullopt, now_);
    if (!step || begun->topic.standing() != topic::Standing::open) return false;
    TAUT_CHECK(write_changes(transaction_, row.number, begun->step.changes));
    TAUT_CHECK(write_changes(transaction_, row.number, step->changes));
    for (const topic::Event& event : step->events)
      if (const auto shown = shown_of(event)) TAUT_CHECK(keep_topic_item(transaction_, row.number, *shown));
    ++row.version;
    TAUT_CHECK(transaction_.set_topic(row));
    return true;
  }

  Transaction& transaction_;
  const TopicSurroundings& surroundings_;
  topic::Time now_;
};

}  // namespace

Status check_topic_name(Transaction& transaction, std::string_view name) {
  if (name.empty() || name.size() > kTopicNameBytesMax || !is_utf8_line(as_bytes(name)))
    return fail(Errc::malformed, reasons::kBadName);
  TAUT_TRY(const std::optional<TopicRow> taken, transaction.topic(name));
  if (taken) return fail(Errc::misuse, reasons::kTopicExists);
  return {};
}

Result<RowNumber> create_topic(const TopicMaker& maker, const std::string& name, topic::NewTopic options,
                               const Moment& at, const std::optional<TopicCarrier>& carrier) {
  RowNumber number = 0;
  options.name = name;
  TopicSurroundings surroundings(maker.identity, maker.random);
  TAUT_CHECK(maker.store.write([&](Transaction& transaction) -> Status {
    TAUT_CHECK(check_topic_name(transaction, name));
    TAUT_CHECK(surroundings.look(transaction));
    TAUT_TRY(const topic::Time now, topic_time(transaction, at));
    TAUT_TRY(const topic::Topic::Begun begun, topic::Topic::create(surroundings.give(), options, now));
    TAUT_TRY(number, transaction.add_topic(name, encode(TopicRecord{})));
    if (carrier) TAUT_CHECK(put_topic_carrier(transaction, number, *carrier));
    return write_changes(transaction, number, begun.step.changes);
  }));
  return number;
}

Result<RowNumber> join_topic(const TopicMaker& maker, const std::string& name,
                             const introduction::Locator& link, const Moment& at,
                             const std::optional<TopicCarrier>& carrier) {
  RowNumber number = 0;
  TopicSurroundings surroundings(maker.identity, maker.random);
  TAUT_CHECK(maker.store.write([&](Transaction& transaction) -> Status {
    TAUT_CHECK(check_topic_name(transaction, name));
    TAUT_CHECK(surroundings.look(transaction));
    TAUT_TRY(const topic::Time now, topic_time(transaction, at));
    TAUT_TRY(const topic::Joining::Begun begun, topic::Joining::begin(surroundings.give(), link, now));
    TopicRecord record;
    record.phase = TopicPhase::joining;
    TAUT_TRY(number, transaction.add_topic(name, encode(record)));
    if (carrier) TAUT_CHECK(put_topic_carrier(transaction, number, *carrier));
    return write_changes(transaction, number, begun.step.changes);
  }));
  return number;
}

Result<std::vector<KnownTopic>> topics(Store& store) {
  std::vector<KnownTopic> all;
  TAUT_CHECK(store.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::vector<TopicRow> rows, transaction.topics());
    for (const TopicRow& row : rows) {
      TAUT_TRY(KnownTopic one, known(transaction, row));
      all.push_back(std::move(one));
    }
    return {};
  }));
  return all;
}

Result<KnownTopic> find_topic(Store& store, std::string_view name) {
  std::optional<KnownTopic> found;
  TAUT_CHECK(store.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const TopicRow row, need_topic(transaction, name));
    TAUT_TRY(found, known(transaction, row));
    return {};
  }));
  return *std::move(found);
}

Status rename_topic(Store& store, std::string_view name, const std::string& new_name) {
  return store.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(TopicRow row, need_topic(transaction, name));
    TAUT_CHECK(check_topic_name(transaction, new_name));
    row.name = new_name;
    return transaction.set_topic(row);
  });
}

Status forget_topic(Store& store, RowNumber number) {
  return store.write([&](Transaction& transaction) { return transaction.erase_topic(number); });
}

Result<std::vector<RowNumber>> take_welcomes(const TopicMaker& maker, const Moment& at) {
  std::vector<RowNumber> opened;
  TopicSurroundings surroundings(maker.identity, maker.random);
  TAUT_CHECK(maker.store.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::vector<WelcomeRow> welcomes, transaction.welcomes());
    if (welcomes.empty()) return {};
    TAUT_CHECK(surroundings.look(transaction));
    TAUT_TRY(const topic::Time now, topic_time(transaction, at));
    Opening opening(transaction, surroundings, now);
    for (const WelcomeRow& welcome : welcomes) {
      TAUT_TRY(std::optional<RowNumber> number, opening.open(welcome));
      if (!number) {
        TAUT_TRY(number, accept_conversation(transaction, surroundings, welcome, now));
      }
      if (number) opened.push_back(*number);
      TAUT_CHECK(transaction.erase_welcome(welcome.number));
    }
    return {};
  }));
  return opened;
}

Result<bool> take_welcome(const TopicMaker& maker, RowNumber topic, ByteView entry, const Moment& at) {
  bool is_open = false;
  TopicSurroundings surroundings(maker.identity, maker.random);
  TAUT_CHECK(maker.store.write([&](Transaction& transaction) -> Status {
    TAUT_CHECK(surroundings.look(transaction));
    TAUT_TRY(const topic::Time now, topic_time(transaction, at));
    TAUT_TRY(const std::optional<TopicRow> row, transaction.topic(topic));
    if (!row) return fail(Errc::unavailable, reasons::kNoSuchTopic);
    TAUT_TRY(is_open, Opening(transaction, surroundings, now).open(*row, entry, std::nullopt));
    return {};
  }));
  return is_open;
}

}  // namespace taut::node
