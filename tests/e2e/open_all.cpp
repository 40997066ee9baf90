// What a thief can do who has a participant's files and everything that the log ever served: for
// e2e.stolen-files. Not installed.
//
//   taut-open-all HOME < ENTRIES     entries in hex, one a line, in their order; prints in hex what opens
//   taut-open-all --secrets HOME     prints the group's records that hold secrets, in hex
//
// Nothing that the real command looks at beside the keys stands in the way: no cursor, no counter, no list
// of what was read. Each entry is tried on the state as it was stolen, and by climbing commit by commit.

#include <cstdio>
#include <iostream>
#include <optional>
#include <set>
#include <string>

#include "crypto/encoding.hpp"
#include "mls/group.hpp"
#include "run/clocks.hpp"
#include "run/system_random.hpp"
#include "store/node_store.hpp"
#include "topic/entry.hpp"
#include "topic/records.hpp"
#include "topic/settings.hpp"
#include "topic/state.hpp"

namespace taut {
namespace {

/// Of one topic.
struct Stolen {
  std::optional<topic::Settings> settings;
  std::vector<mls::Record> group;
};

Result<Stolen> sorted_out(const std::vector<topic::Record>& records) {
  Stolen stolen;
  for (const topic::Record& record : records) {
    TAUT_TRY(const topic::ParsedKey key, topic::parse_key(record.key));
    if (key.kind == topic::RecordKind::settings) {
      TAUT_TRY(stolen.settings, topic::decode_settings(record.value.expose()));
    } else if (key.kind == topic::RecordKind::mls) {
      TAUT_TRY(const mls::RecordKey group_key, mls::RecordKey::decode(key.rest));
      stolen.group.push_back({group_key, SecretBytes(record.value.expose())});
    }
  }
  return stolen;
}

Result<std::vector<Stolen>> steal(const std::filesystem::path& home) {
  auto store = store::NodeStore::open(home / "node.db");
  if (!store) return fail(Errc::unavailable, Reason{"no_state_file"});
  std::vector<Stolen> all;
  TAUT_CHECK(store->read([&](node::Transaction& transaction) -> Status {
    TAUT_TRY(const std::vector<node::TopicRow> topics, transaction.topics());
    for (const node::TopicRow& topic : topics) {
      TAUT_TRY(const std::vector<topic::Record> records, transaction.topic_records(topic.number));
      TAUT_TRY(Stolen one, sorted_out(records));
      all.push_back(std::move(one));
    }
    return {};
  }));
  return all;
}

class Thief {
 public:
  explicit Thief(const Stolen& stolen)
      : stolen_(stolen),
        wrapper_(stolen.settings->wrap_key.view(), stolen.settings->log_id),
        psks_(*stolen.settings) {
    climber_ = load();
  }

  std::optional<Bytes> open(ByteView entry) {
    const Result<topic::EntryBody> body = wrapper_.unwrap(entry);
    if (!body) return std::nullopt;
    std::optional<mls::Group> fresh = load();
    std::optional<Bytes> opened = fresh ? receive(*fresh, body->body) : std::nullopt;
    std::optional<Bytes> climbed = climber_ ? receive(*climber_, body->body) : std::nullopt;
    return opened ? std::move(opened) : std::move(climbed);
  }
  bool has_group() const { return climber_.has_value(); }

 private:
  mls::Time now() const { return {Instant{}, run::wall_time()}; }
  std::optional<mls::Group> load() {
    std::vector<mls::Record> records;
    for (const mls::Record& one : stolen_.group)
      records.push_back({one.key, SecretBytes(one.value.expose())});
    auto group = mls::Group::load({.random = random_, .psks = psks_}, std::move(records), now());
    return group ? std::optional(*std::move(group)) : std::nullopt;
  }
  std::optional<Bytes> receive(mls::Group& group, ByteView message) {
    auto received = group.receive(message, now());
    if (!received) return std::nullopt;
    if (auto* const staged = std::get_if<mls::StagedCommit>(&*received))
      (void)group.merge(std::move(*staged), now());
    const auto* const said = std::get_if<mls::ApplicationMessage>(&*received);
    return said == nullptr ? std::nullopt : std::optional(said->data);
  }

  const Stolen& stolen_;
  topic::Wrapper wrapper_;
  topic::MemberPsks psks_;
  run::SystemRandom random_;
  std::optional<mls::Group> climber_;
};

std::vector<Bytes> read_entries() {
  std::vector<Bytes> entries;
  for (std::string line; std::getline(std::cin, line);)
    if (auto bytes = crypto::from_hex(line)) entries.push_back(*std::move(bytes));
  return entries;
}

int print_opened(const std::vector<Stolen>& all) {
  const std::vector<Bytes> entries = read_entries();
  for (const Stolen& one : all) {
    if (!one.settings) continue;
    Thief thief(one);
    if (!thief.has_group()) std::fprintf(stderr, "a topic without a group\n");
    for (const Bytes& entry : entries)
      if (const auto opened = thief.open(entry)) std::printf("%s\n", crypto::to_hex(*opened).c_str());
  }
  return 0;
}

int print_secrets(const std::vector<Stolen>& all) {
  using enum mls::RecordKind;
  const std::set<mls::RecordKind> secrets{epoch, own, tree_secret, ratchet, kept_key, past_epoch};
  for (const Stolen& one : all)
    for (const mls::Record& record : one.group)
      if (secrets.contains(record.key.kind))
        std::printf("%s\n", crypto::to_hex(record.value.expose()).c_str());
  return 0;
}

int serve(int count, char** words) {
  const bool wants_secrets = count == 3 && std::string_view(words[1]) == "--secrets";
  if (count != 2 && !wants_secrets) return 2;
  const auto all = steal(words[count - 1]);
  if (!all) {
    std::fprintf(stderr, "%s\n", std::string(all.error().reason.name).c_str());
    return 1;
  }
  return wants_secrets ? print_secrets(*all) : print_opened(*all);
}

}  // namespace
}  // namespace taut

int main(int count, char** words) { return taut::serve(count, words); }
